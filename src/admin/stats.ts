import { Hono } from "hono";

/** Renders the metrics for what a scraper accepts. */
export type RenderMetrics = (
  accept: string | undefined,
) => Promise<{ readonly contentType: string; readonly body: string }>;

/** `/metrics` and `/stats/prometheus`. */
export function statsApp(render: RenderMetrics): Hono {
  const app = new Hono();
  for (const path of ["/metrics", "/stats/prometheus"]) {
    app.all(path, async (c) => {
      const { contentType, body } = await render(c.req.header("accept"));
      return c.body(body, 200, { "content-type": contentType });
    });
  }
  app.notFound((c) => c.body(null, 404));
  return app;
}

import { checkValues, fails } from "../expressions.ts";

Deno.test("durations are read, added and taken apart", () => {
  checkValues([
    ['duration("1h30m")', "5400s"],
    ['duration("-1.5s")', "-1.5s"],
    ['duration("100ms") + duration("1us") + duration("1ns")', "0.100001001s"],
    ['duration("0")', "0s"],
    ['duration(duration("1s"))', "1s"],
    ['duration("1h") - duration("1m")', "3540s"],
    ['-duration("1s")', "-1s"],
    ['duration("60s") == duration("1m")', true],
    ['duration("1s") < duration("1m")', true],
    ['duration("90m").getHours()', 1],
    ['duration("90m").getMinutes()', 90],
    ['duration("1.5s").getSeconds()', 1],
    ['duration("1.5s").getMilliseconds()', 1500],
    ['duration("1x")', fails('the text is no duration, such as "1h30m"')],
    ['duration("")', fails('the text is no duration, such as "1h30m"')],
    ['duration("1h").getFullYear()', fails("getFullYear() is not for duration")],
  ]);
});

Deno.test("timestamps are read, moved and taken apart", () => {
  const at = 'timestamp("2024-02-29T23:30:05.25Z")';
  checkValues([
    [at, "2024-02-29T23:30:05.25Z"],
    ['timestamp("2024-03-01T01:30:00+02:00")', "2024-02-29T23:30:00Z"],
    ["timestamp(60)", "1970-01-01T00:01:00Z"],
    ["timestamp(-1)", "1969-12-31T23:59:59Z"],
    ['timestamp("1969-12-31T23:59:58.5Z")', "1969-12-31T23:59:58.5Z"],
    ['timestamp("1969-12-31T23:59:58.5Z").getSeconds()', 58],
    ['timestamp("1969-12-31T23:59:58.5Z").getMilliseconds()', 500],
    ['timestamp("1969-12-31T23:59:58.0005Z").getMilliseconds()', 0],
    ['int(timestamp("1969-12-31T23:59:58.5Z"))', -2],
    [`timestamp(${at}) == ${at}`, true],
    [`${at}.getFullYear()`, 2024],
    [`${at}.getMonth()`, 1],
    [`${at}.getDate()`, 29],
    [`${at}.getDayOfMonth()`, 28],
    [`${at}.getDayOfYear()`, 59],
    [`${at}.getDayOfWeek()`, 4],
    [`${at}.getHours()`, 23],
    [`${at}.getMinutes()`, 30],
    [`${at}.getSeconds()`, 5],
    [`${at}.getMilliseconds()`, 250],
    [`${at}.getDate("Asia/Tokyo")`, 1],
    [`${at}.getHours("Asia/Tokyo")`, 8],
    [`${at}.getHours("+02:00")`, 1],
    [`${at}.getMinutes("-05:45")`, 45],
    [`${at}.getDayOfWeek("Asia/Tokyo")`, 5],
    ['timestamp("1969-12-28T00:00:00Z").getDayOfWeek()', 0],
    ['timestamp("2024-01-01T00:00:00Z").getHours("UTC")', 0],
    [`${at}.getHours("Nowhere/Else")`, fails("there is no such time zone")],
    [`${at} + duration("1h") > ${at}`, true],
    [`duration("1h") + ${at} == ${at} + duration("60m")`, true],
    [`${at} - duration("30m5.25s")`, "2024-02-29T23:00:00Z"],
    [`${at} - timestamp("2024-02-29T23:30:00Z")`, "5.25s"],
    ['timestamp("2024-02-29")', fails("the text is no instant in RFC 3339")],
    ['timestamp("2024-13-01T00:00:00Z")', fails("the text is no instant in RFC 3339")],
    ["timestamp(99999999999999)", fails("the instant is outside the years 1 to 9999")],
    [`${at} + duration("200000h") + duration("2500000h") > ${at}`, true],
    [
      'timestamp("9999-12-31T23:59:59Z") + duration("1s")',
      fails("the instant is outside the years 1 to 9999"),
    ],
  ]);
});

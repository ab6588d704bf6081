import * as v from "valibot";

/** Functions of the configuration's own, which every expression may call; compiled at load. */
export const CustomFunctions = v.string("expected a block of text with definitions of functions");

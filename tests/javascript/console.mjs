/** Modules of the console without a page: `node console.mjs hour TOLD`, `minutes TIMES VALUES SUM`, `numbers VALUES`, `ended DONE`. */

import { summary } from "../../gateway/console/ended.js";
import { Hour } from "../../gateway/console/hour.js";
import { byMinute, plural, roundedUp, short } from "../../gateway/console/numbers.js";

const [what, ...given] = process.argv.slice(2).map((word, index) => (index ? JSON.parse(word) : word));

const answers = {
  hour: (told, most) => {
    const hour = new Hour();
    for (const one of told) hour.take(one);
    return { at: hour.at, signedIn: hour.signedIn, refusals: hour.refusals(most) };
  },
  minutes: (times, values, sum) => [...byMinute(times, values, sum)],
  ended: summary,
  numbers: (values) => values.map((value) => [roundedUp(value), short(value), plural(value, "poll")]),
};
console.log(JSON.stringify(answers[what](...given)));

/** What became of sessions that were to end. */

import { count, plural } from "./numbers.js";

/** How it went, in a sentence or two. */
export function summary({ total, ended, left, notEnded, trouble }) {
  const others = total - ended - left - notEnded.length;
  return [
    `${count(ended)} of ${plural(total, "session")} ended.`,
    notEnded.length ? `${count(notEnded.length)} not, since the store did not answer for them.` : "",
    others > 0 ? `${count(others)} had ended or changed by themselves.` : "",
    left ? `${count(left)} left as they were${trouble ? `: ${trouble}` : ", as you stopped it."}` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

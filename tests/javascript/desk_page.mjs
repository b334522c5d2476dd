/** Modules of the desk page without a page: `node desk_page.mjs copy EXCHANGE`, or `calls AGENT EVENTS`, as JSON. */

import { Calls, Chats, stateAfter } from "../../gateway/desk/calls.js";
import { LANGUAGES, copyAs, hidden } from "../../gateway/desk/copy.js";
import { GuidBook } from "../../gateway/desk/guids.js";

const [what, ...given] = process.argv.slice(2).map((word, index) => (index ? JSON.parse(word) : word));

const answers = {
  copy: (exchange) => Object.fromEntries(LANGUAGES.map((language) => [language, copyAs(language, exchange)])),
  hidden: (text) => hidden(text),
  calls: (agentId, events) => {
    const [calls, chats] = [new Calls(), new Chats()];
    return events.map((event) => {
      calls.take(event, agentId);
      chats.take(event, agentId);
      const stages = calls.all.map(({ id, stage, other }) => [id, stage, other]);
      return { state: stateAfter(event) ?? "", calls: stages, chats: chats.all };
    });
  },
  guids: (facts, taken, now) => {
    const book = new GuidBook(facts);
    for (const [guid, at] of taken) book.take(guid, at);
    return { words: book.guids.map((one) => book.word(one, now)), ripeness: book.ripeness(now) };
  },
};
console.log(JSON.stringify(answers[what](...given)));

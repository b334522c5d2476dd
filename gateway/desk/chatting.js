/** The chats of the agent: answered or rejected, written in, ended. */

import { byId, make } from "./dom.js";

/** `ask(what, promise)` tells how it went. */
export class Chatting {
  constructor(session, ask) {
    this.session = session;
    this.ask = ask;
    byId("chat-start").addEventListener("click", () => {
      const destno = Number(byId("chat-agent").value);
      if (session.agent) ask("Chat", session.agent.textchat.chatInternalCall({ destno }));
    });
  }

  /** Keeps what is being written, and where the focus is. */
  draw() {
    const box = byId("chats");
    const written = new Map([...box.querySelectorAll("input")].map((input) => [input.id, input.value]));
    const focus = box.contains(document.activeElement) ? document.activeElement.id : "";
    const chats = this.session.chats.all;
    box.replaceChildren(...(chats.length ? chats.map((chat) => this.#chat(chat)) : [make("p", { class: "empty" }, "no chat")]));
    for (const input of box.querySelectorAll("input")) input.value = written.get(input.id) ?? "";
    for (const list of box.querySelectorAll("ol")) list.scrollTop = list.scrollHeight;
    if (focus) (byId(focus) ?? byId("chat-start")).focus();
  }

  #chat(chat) {
    const { stage, other, lines } = chat;
    const said = lines.map(({ from, text }) =>
      make("li", { class: from ? "" : "own" }, make("span", { class: "hear" }, from ? `${from}: ` : "You: "), text),
    );
    return make(
      "article",
      { class: "chat", "aria-label": `Chat with ${other}` },
      make("div", { class: "row spread" }, make("b", {}, other), make("span", { class: "pill", "data-kind": stage === "open" ? "good" : "warn" }, stage)),
      make("ol", { role: "log", "aria-label": `Written with ${other}` }, ...said),
      ...this.#controls(chat),
    );
  }

  #controls({ id, stage }) {
    const { textchat } = this.session.agent ?? {};
    const button = (what, act, kind = "") =>
      make("button", { type: "button", id: `${what}-${id}`, class: kind, click: () => textchat && this.ask(what, act()) }, what);
    const drop = button("End", () => textchat.chatDrop({ callid: id }));
    if (stage === "ringing") {
      const answer = button("Accept", () => textchat.chatAnswer({ callid: id }), "main");
      return [make("div", { class: "row" }, answer, button("Decline", () => textchat.chatReject({ callid: id })))];
    }
    if (stage === "over") return [];
    if (stage === "calling") return [make("div", { class: "row" }, drop)];
    const input = make("input", { id: `text-${id}`, "aria-label": "Message", maxlength: "1000", autocomplete: "off" });
    const send = (event) => {
      event.preventDefault();
      if (input.value.trim()) this.#send(id, input);
    };
    return [
      make("form", { submit: send }, input, make("button", { class: "main", id: `send-${id}` }, "Send")),
      make("div", { class: "row" }, drop),
    ];
  }

  async #send(id, input) {
    const content = input.value;
    if (!(await this.ask("Message", this.session.agent.textchat.chatMessage({ callid: id, content })))) return;
    this.session.chats.wrote(id, content);
    byId(input.id).value = "";
    this.draw();
  }
}

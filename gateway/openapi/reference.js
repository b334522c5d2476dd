// The reference page: shows the API description beside it and sends requests to the gateway that served it.

const description = await (await fetch("openapi.json")).json();
const field = (id) => document.getElementById(id);

function element(name, given = {}, ...children) {
  const { dataset, ...others } = given;
  const made = Object.assign(document.createElement(name), others);
  Object.assign(made.dataset, dataset);
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

function resolved(node) {
  if (!node?.$ref) return node ?? {};
  return node.$ref.slice(2).split("/").reduce((found, part) => found[part], description);
}

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  const ways = schema.anyOf ?? schema.oneOf;
  if (ways) return ways.map(typeOf).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(", ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  return schema.type ?? "anything";
}

function limitsOf(schema) {
  const names = ["minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"];
  return names.filter((name) => name in schema).map((name) => `${name} ${schema[name]}`).join(", ");
}

function table(head, rows) {
  const line = (cells, kind) => element("tr", {}, ...cells.map((cell) => element(kind, {}, cell)));
  return element("table", {}, element("thead", {}, line(head, "th")), element("tbody", {}, ...rows.map((row) => line(row, "td"))));
}

function membersOf(schema) {
  const found = resolved(schema);
  const required = new Set(found.required ?? []);
  const rows = Object.entries(found.properties ?? {}).map(([name, member]) => [
    name,
    `${typeOf(member)}${required.has(name) ? ", required" : ""}`,
    [member.description ?? "", limitsOf(member)].filter(Boolean).join(" "),
  ]);
  return rows.length ? table(["member", "type", ""], rows) : null;
}

const text = (value) => element("pre", {}, JSON.stringify(value, null, 2));

function parameterInput(parameter) {
  return element("input", { value: parameter.example ?? "", dataset: { name: parameter.name, place: parameter.in } });
}

function target(path, inputs) {
  const query = new URLSearchParams();
  let filled = path;
  for (const { value, dataset } of inputs) {
    if (dataset.place === "path") filled = filled.replace(`{${dataset.name}}`, encodeURIComponent(value));
    else if (value !== "") query.set(dataset.name, value);
  }
  return query.size ? `${filled}?${query}` : filled;
}

async function send(path, method, inputs, body, shown) {
  const headers = {};
  if (field("guid").value) headers.guid = field("guid").value;
  if (body) headers["Content-Type"] = "application/json; charset=UTF-8";
  shown.textContent = "…";
  try {
    const answer = await fetch(target(path, inputs), { method, headers, body: body?.value || undefined });
    const handed = answer.headers.get("Set-GUID");
    if (handed) field("guid").value = handed.replace("JSESSIONID=", "");
    const said = await answer.text();
    shown.textContent = `${answer.status}${handed ? "\nSet-GUID: a new GUID, in the field above" : ""}\n\n${said}`;
  } catch (problem) {
    shown.textContent = `no answer: ${problem.message}`;
  }
}

function tryOut(path, method, operation, parameters) {
  const inputs = parameters.map(parameterInput);
  const content = operation.requestBody?.content?.["application/json"];
  const body = content
    ? element("textarea", { rows: 6, value: JSON.stringify(content.example, null, 2), ariaLabel: "body" })
    : null;
  const shown = element("pre", { ariaLive: "polite" });
  const form = element(
    "form",
    {},
    table(
      ["parameter", "value", "type", ""],
      parameters.map((parameter, at) => [
        `${parameter.name} (${parameter.in})`,
        element("label", { ariaLabel: parameter.name }, inputs[at]),
        `${typeOf(parameter.schema)}${parameter.required ? ", required" : ""}`,
        [parameter.schema.description ?? "", limitsOf(parameter.schema)].filter(Boolean).join(" "),
      ]),
    ),
    body,
    content ? membersOf(content.schema) : null,
    element("p", {}, element("button", { type: "submit" }, "Send")),
    shown,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(path, method, inputs, body, shown);
  });
  return form;
}

function details(head, fill) {
  const made = element("details", {}, head);
  made.addEventListener("toggle", () => made.open && made.children.length === 1 && made.append(...fill()), {});
  return made;
}

function operationDetails(path, method, operation) {
  const head = element(
    "summary",
    {},
    element("span", { className: "method" }, method.toUpperCase()),
    element("code", {}, path.replace("/agentgateway/resource/", "")),
    ` ${operation.summary} `,
    element("span", { className: "quiet" }, operation.operationId ?? ""),
  );
  return details(head, () => {
    const answer = operation.responses["200"].content["application/json;charset=UTF-8"];
    const result = answer.schema.properties.result ?? answer.schema.properties.event;
    const codes = Object.entries(operation["x-retcodes"] ?? {});
    return [
      tryOut(path, method.toUpperCase(), operation, (operation.parameters ?? []).map(resolved)),
      ...Object.entries(answer.examples ?? {}).flatMap(([name, example]) => [element("p", {}, name), text(example.value)]),
      result ? membersOf(result) : null,
      codes.length ? table(["retcode", "refused because"], codes) : null,
    ].filter(Boolean);
  });
}

function eventDetails(type, reference) {
  const schema = resolved({ $ref: reference });
  const head = element("summary", {}, element("code", {}, type), ` ${schema.description ?? ""}`);
  return details(head, () => [membersOf(schema), membersOf(schema.properties.content)].filter(Boolean));
}

function group(name, entries) {
  return element("section", { ariaLabel: name }, element("h2", {}, name), ...entries);
}

function show() {
  field("title").textContent = `${description.info.title} ${description.info.version}`;
  field("about").textContent = description.info.description;
  const groups = new Map(description.tags.map((tag) => [tag.name, []]));
  for (const [path, item] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      groups.get(operation.tags[0]).push(operationDetails(path, method, operation));
    }
  }
  const events = Object.entries(description.components.schemas.Event.discriminator.mapping);
  groups.set("events", events.map(([type, reference]) => eventDetails(type, reference)));
  const shown = [...groups].filter(([, entries]) => entries.length).map(([name, entries]) => group(name, entries));
  field("groups").replaceChildren(...shown);
}

function filter() {
  const words = field("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of field("groups").children) {
    let some = false;
    for (const entry of section.querySelectorAll("details")) {
      const found = entry.firstChild.textContent.toLowerCase();
      entry.hidden = !words.every((word) => found.includes(word));
      some ||= !entry.hidden;
    }
    section.hidden = !some;
  }
}

field("find").addEventListener("input", filter);
field("bar").addEventListener("submit", (event) => event.preventDefault());
show();

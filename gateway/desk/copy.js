/**
 * A request as a program that sends it again. Secrets are not in it: GUIDs, passwords and tokens come from variables
 * of the environment, so what is copied can be passed on and works for who sets them.
 */

const GUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[A-Za-z0-9]+/g;
const SECRET = /pass|pwd|token|secret/i;
/** Around the name of a variable; these characters mean nothing to anybody else. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];
const MARK = /\uE000(\w+)\uE001/;

const marked = (variable) => `${OPEN}${variable}${CLOSE}`;

/** Marks in place of the secrets of a text that is no JSON: the GUIDs. */
const withoutGuids = (text) => text.replace(GUID, marked("GUID"));

/** Marks in place of the secrets of a body. */
function withoutSecrets(body) {
  let members;
  try {
    members = JSON.parse(body);
  } catch {
    return withoutGuids(body);
  }
  const hide = (name, value) => (SECRET.test(name) && typeof value === "string" && value ? marked(variable(name)) : value);
  return withoutGuids(JSON.stringify(members, hide));
}

function withoutSecretsInUrl(url) {
  const [path, query] = url.split("?");
  if (!query) return withoutGuids(url);
  const pairs = query.split("&").map((pair) => {
    const [name, value] = pair.split("=");
    return SECRET.test(name) && value ? `${name}=${marked(variable(name))}` : pair;
  });
  return withoutGuids(`${path}?${pairs.join("&")}`);
}

/** `oldPassword` is OLD_PASSWORD. */
const variable = (name) => name.replace(/([a-z])([A-Z])/g, "$1_$2").replace(/\W/g, "_").toUpperCase();

/** Text and variables in turn: `["Bearer ", "TOKEN", ""]`. */
const pieces = (text) => text.split(MARK);

/** A text of a language: pieces as literals, variables between them, joined by `plus`. */
function expression(text, literal, read, plus) {
  const parts = pieces(text).map((piece, index) => (index % 2 ? read(piece) : piece && literal(piece)));
  return parts.filter(Boolean).join(plus) || literal("");
}

function masked(exchange) {
  const headers = Object.entries(exchange.headers).map(([name, value]) => [
    name,
    name.toLowerCase() === "guid" ? marked("GUID") : SECRET.test(name) ? marked(variable(name)) : withoutGuids(value),
  ]);
  const made = {
    method: exchange.method,
    url: withoutSecretsInUrl(exchange.url),
    headers,
    body: exchange.body && withoutSecrets(exchange.body),
  };
  const all = [made.url, made.body, ...headers.map(([, value]) => value)].join("\n");
  const names = [...all.matchAll(new RegExp(MARK, "g"))].map(([, name]) => name);
  return { ...made, variables: [...new Set(names)] };
}

const json = (text) => JSON.stringify(text);
const ascii = (text) => json(text).replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
const told = (sign, { variables }) =>
  variables.length ? `${sign} From the environment: ${variables.join(", ")}\n` : "";

function curl(request) {
  const quoted = (text) =>
    expression(text, (piece) => `'${piece.replaceAll("'", "'\\''")}'`, (name) => `"$${name}"`, "");
  const words = [`curl -i -X ${request.method} ${quoted(request.url)}`];
  for (const [name, value] of request.headers) words.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (request.body) words.push(`--data-raw ${quoted(request.body)}`);
  return `${told("#", request)}${words.join(" \\\n  ")}\n`;
}

function python(request) {
  const text = (value) => expression(value, json, (name) => `os.environ["${name}"]`, " + ");
  const headers = request.headers.map(([name, value]) => `        ${json(name)}: ${text(value)},\n`);
  const body = request.body ? `    data=(${text(request.body)}).encode(),\n` : "";
  return `${told("#", request)}import os
import urllib.request

request = urllib.request.Request(
    ${text(request.url)},
    method=${json(request.method)},
    headers={
${headers.join("")}    },
${body})
with urllib.request.urlopen(request) as answer:
    print(answer.status, answer.headers.get("Set-GUID", ""))
    print(answer.read().decode())
`;
}

function javascript(request) {
  const text = (value) => expression(value, json, (name) => `process.env.${name}`, " + ");
  const headers = request.headers.map(([name, value]) => `    ${json(name)}: ${text(value)},\n`);
  const body = request.body ? `  body: ${text(request.body)},\n` : "";
  return `${told("//", request)}const answer = await fetch(${text(request.url)}, {
  method: ${json(request.method)},
  headers: {
${headers.join("")}  },
${body}});
console.log(answer.status, answer.headers.get("Set-GUID") ?? "");
console.log(await answer.text());
`;
}

function java(request) {
  const text = (value) => expression(value, ascii, (name) => `System.getenv("${name}")`, " + ");
  const publisher = request.body ? `ofString(${text(request.body)})` : "noBody()";
  const headers = request.headers.map(([name, value]) => `        .header(${json(name)}, ${text(value)})\n`);
  return `${told("//", request)}import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Copied {
  public static void main(String[] arguments) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(${text(request.url)}))
        .version(HttpClient.Version.HTTP_1_1)
        .method(${json(request.method)}, HttpRequest.BodyPublishers.${publisher})
${headers.join("")}        .build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    System.out.println(answer.statusCode() + " " + answer.headers().firstValue("Set-GUID").orElse(""));
    System.out.println(answer.body());
  }
}
`;
}

const WRITERS = { curl, Python: python, JavaScript: javascript, Java: java };

/** The languages, in the order of the page. */
export const LANGUAGES = Object.keys(WRITERS);

/** The request in a language. */
export const copyAs = (language, exchange) => WRITERS[language](masked(exchange));

/** A text to be looked at: GUIDs shortened and secret members hidden. */
export function hidden(text) {
  const shortened = text.replace(GUID, (guid) => `${guid.slice(0, 8)}…${guid.slice(guid.indexOf("."))}`);
  return shortened
    .replace(/("[^"]*(?:pass|pwd|token|secret)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)+"/gi, '$1"••••••"')
    .replace(/([?&][^=&\s]*(?:pass|pwd|token|secret)[^=&\s]*=)[^&\s]+/gi, "$1••••••");
}

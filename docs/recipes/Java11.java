// An agent with java.net.http.HttpClient, Java 11 and later: signs in, takes one call, follows its GUID at least once,
// signs out (docs/recipes/README.md). Run it with: java Java11.java
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Java11 {
    static final String BASE = env("GATEWAY", "http://127.0.0.1:8000") + "/agentgateway/resource/";
    static final String AGENT = env("AGENT", "101");
    // HTTP/1.1, as the interface has it. Without it HttpClient asks for an upgrade with each first request.
    static final HttpClient CLIENT = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(Duration.ofSeconds(5))
        .build();

    static String guid = "";
    static boolean followed;

    public static void main(String[] none) throws Exception {
        must("PUT", "onlineagent/" + AGENT,
            "{\"password\":\"" + System.getenv("PASSWORD") + "\",\"phonenum\":\"6001\",\"autoanswer\":false}");
        System.out.println("signed in");
        must("POST", "onlineagent/" + AGENT + "/resetskill/true", "");
        System.out.println("in all skill queues");
        boolean over = false;
        while (!(over && followed)) {
            String answer = poll();
            String event = member(answer, "eventType");
            if (event.isEmpty()) continue;
            System.out.println("event " + event);
            if (event.equals("AgentEvent_Ringing")) {
                must("PUT", "voicecall/" + AGENT + "/answer?callid=" + member(answer, "callid"), "");
            } else if (event.equals("AgentEvent_Talking")) {
                must("DELETE", "voicecall/" + AGENT + "/release", "");
            } else if (event.equals("AgentEvent_Call_Release")) {
                over = true;
            }
        }
        must("DELETE", "onlineagent/" + AGENT + "/logout", "");
        System.out.println("signed out");
    }

    /** One call. Every answer may hand out the next GUID. */
    static String ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(BASE + path)).timeout(Duration.ofSeconds(15));
        if (!guid.isEmpty()) request.header("guid", guid);
        if (body.isEmpty()) {
            request.method(method, HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json; charset=UTF-8");
            request.method(method, HttpRequest.BodyPublishers.ofString(body));
        }
        HttpResponse<String> answer = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String handed = answer.headers().firstValue("Set-GUID").orElse("").replaceFirst("^[^=]*=", "");
        if (!handed.isEmpty()) {
            followed = !guid.isEmpty();
            if (followed) System.out.println("a new GUID");
            guid = handed;
        }
        return answer.body();
    }

    /** The same; throws when it is refused. */
    static void must(String method, String path, String body) throws IOException, InterruptedException {
        String answer = ask(method, path, body);
        if (!member(answer, "retcode").equals("0")) throw new IllegalStateException("refused: " + answer);
    }

    /** The next answer with an event, or one without. A gateway that is away is asked again. */
    static String poll() throws InterruptedException {
        String answer;
        try {
            answer = ask("GET", "agentevent/" + AGENT, "");
        } catch (IOException away) {
            Thread.sleep(1000);
            return "";
        }
        if (member(answer, "retcode").equals("100-006")) {
            throw new IllegalStateException("signed out by somebody else: " + answer);
        }
        if (member(answer, "eventType").isEmpty()) Thread.sleep(500);
        return answer;
    }

    /** A text in the answer; use the JSON library of your program in its place. */
    static String member(String answer, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(answer);
        return found.find() ? found.group(1) : "";
    }

    static String env(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}

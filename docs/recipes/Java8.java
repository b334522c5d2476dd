// An agent with java.net.HttpURLConnection, Java 8 and later: signs in, takes one call, follows its GUID at least once,
// signs out (docs/recipes/README.md). Run it with: javac Java8.java && java Java8
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Java8 {
    static final String BASE = env("GATEWAY", "http://127.0.0.1:8000") + "/agentgateway/resource/";
    static final String AGENT = env("AGENT", "101");

    static String guid = "";
    static boolean followed;

    public static void main(String[] none) throws Exception {
        // Else a POST whose connection breaks is sent again behind the program's back.
        System.setProperty("sun.net.http.retryPost", "false");
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
    static String ask(String method, String path, String body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) new URL(BASE + path).openConnection();
        connection.setRequestMethod(method);
        connection.setConnectTimeout(5000);
        connection.setReadTimeout(15000);
        if (!guid.isEmpty()) connection.setRequestProperty("guid", guid);
        if (!body.isEmpty()) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            connection.setRequestProperty("Content-Type", "application/json; charset=UTF-8");
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(bytes);
            }
        }
        String handed = connection.getHeaderField("Set-GUID");
        if (handed != null) {
            followed = !guid.isEmpty();
            if (followed) System.out.println("a new GUID");
            guid = handed.substring(handed.indexOf('=') + 1);
        }
        boolean failed = connection.getResponseCode() >= 400;
        try (InputStream in = failed ? connection.getErrorStream() : connection.getInputStream()) {
            return text(in);
        }
    }

    static String text(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] part = new byte[8192];
        for (int count; in != null && (count = in.read(part)) >= 0; ) bytes.write(part, 0, count);
        return new String(bytes.toByteArray(), StandardCharsets.UTF_8);
    }

    /** The same; throws when it is refused. */
    static void must(String method, String path, String body) throws IOException {
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
        String value = System.getenv(name);
        return value == null ? otherwise : value;
    }
}

// An agent with HttpClient, .NET 8 and later: signs in, takes one call, follows its GUID at least once, signs out
// (docs/recipes/README.md). It is the Program.cs of a project made with: dotnet new console
using System.Net.Http;
using System.Text;
using System.Text.Json;

var gateway = Environment.GetEnvironmentVariable("GATEWAY") ?? "http://127.0.0.1:8000";
var agent = Environment.GetEnvironmentVariable("AGENT") ?? "101";
var password = Environment.GetEnvironmentVariable("PASSWORD");
var client = new HttpClient { BaseAddress = new Uri($"{gateway}/agentgateway/resource/"), Timeout = TimeSpan.FromSeconds(15) };
var guid = "";
var followed = false;
var over = false;

await Must(HttpMethod.Put, $"onlineagent/{agent}", JsonSerializer.Serialize(new { password, phonenum = "6001", autoanswer = false }));
Console.WriteLine("signed in");
await Must(HttpMethod.Post, $"onlineagent/{agent}/resetskill/true");
Console.WriteLine("in all skill queues");

while (!(over && followed))
{
    if (await Poll() is not { } happened) continue;
    var kind = happened.GetProperty("eventType").GetString();
    Console.WriteLine($"event {kind}");
    if (kind == "AgentEvent_Ringing")
    {
        var call = happened.GetProperty("content").GetProperty("callid").GetString();
        await Must(HttpMethod.Put, $"voicecall/{agent}/answer?callid={call}");
    }
    else if (kind == "AgentEvent_Talking") await Must(HttpMethod.Delete, $"voicecall/{agent}/release");
    else if (kind == "AgentEvent_Call_Release") over = true;
}

await Must(HttpMethod.Delete, $"onlineagent/{agent}/logout");
Console.WriteLine("signed out");

// One call; the answer as JSON. Every answer may hand out the next GUID.
async Task<JsonElement> Ask(HttpMethod method, string path, string? body = null)
{
    using var request = new HttpRequestMessage(method, path);
    if (guid != "") request.Headers.Add("guid", guid);
    if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
    using var answer = await client.SendAsync(request);
    if (answer.Headers.TryGetValues("Set-GUID", out var handed))
    {
        followed = guid != "";
        if (followed) Console.WriteLine("a new GUID");
        guid = handed.First().Split('=', 2)[1];
    }
    using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    return said.RootElement.Clone();
}

// The same; throws when it is refused.
async Task Must(HttpMethod method, string path, string? body = null)
{
    var said = await Ask(method, path, body);
    if (said.GetProperty("retcode").GetString() != "0") throw new InvalidOperationException($"refused: {said}");
}

// The next event; null for none now. A gateway that is away is asked again.
async Task<JsonElement?> Poll()
{
    JsonElement said;
    try
    {
        said = await Ask(HttpMethod.Get, $"agentevent/{agent}");
    }
    catch (Exception away) when (away is HttpRequestException or TaskCanceledException or JsonException)
    {
        await Task.Delay(1000);
        return null;
    }
    if (said.GetProperty("retcode").GetString() == "100-006") throw new InvalidOperationException($"signed out by somebody else: {said}");
    if (said.TryGetProperty("event", out var happened) && happened.ValueKind == JsonValueKind.Object) return happened;
    await Task.Delay(500);
    return null;
}

using System.Net.Http.Headers;
using System.Text;
using Query.Api;
using ServiceDefaults;

namespace Query.Tests;

public class BodyTests
{
    [Theory]
    [InlineData("""{"\ud800":1,"model":"rod"}""", "body")]
    [InlineData("""{"settings":{"\udc00":1}}""", "settings")]
    [InlineData("""{"model":"a\ud800"}""", "model")]
    [InlineData("""{"options":[{"kind":"\ud800"}]}""", "options[0].kind")]
    [InlineData("""{"name":"a\u0000b"}""", "name")]
    [InlineData("""{"a\u0000b":1}""", "body")]
    [InlineData("""{"model":"rep-plain","model":"rep-press"}""", "model")]
    [InlineData("""{"model":"rep-plain","Model":"rep-press"}""", "Model")]
    [InlineData("""{"economics":{"partCost":1,"partCost":2}}""", "economics.partCost")]
    [InlineData("", "body")]
    [InlineData(" \r\n", "body")]
    [InlineData("null", "body")]
    [InlineData("[]", "body")]
    [InlineData("""{"model":"rod"}}""", "body")]
    public void What_no_operation_understands_is_refused_with_its_place(string json, string field)
    {
        var refused = Assert.Throws<InvalidInputException>(() => CheckBody.Check(Encoding.UTF8.GetBytes(json), takesBody: true));
        Assert.Equal(field, refused.Field);
    }

    [Fact]
    public void A_body_that_is_no_json_is_told_where_and_why()
    {
        var refused = Assert.Throws<InvalidInputException>(() => CheckBody.Check("{\n\"model\":\"rod\",}"u8.ToArray(), takesBody: true));
        Assert.Equal(("body", "not JSON at line 2, byte 15: The JSON object contains a trailing comma at the end"),
            (refused.Field, refused.Value));
    }

    [Fact]
    public void Bytes_of_another_encoding_are_named_as_such()
    {
        var refused = Assert.Throws<InvalidInputException>(
            () => CheckBody.Check(Encoding.Latin1.GetBytes("""{"name":"ü"}"""), takesBody: true));
        Assert.Equal(("body", "bytes that are not UTF-8", "application/json in UTF-8"), (refused.Field, refused.Value, refused.Allowed));
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over() =>
        CheckBody.Check((byte[])[0xef, 0xbb, 0xbf, .. """{"model":"rod"}"""u8], takesBody: true);

    [Fact]
    public void An_operation_without_members_takes_none()
    {
        CheckBody.Check(default, takesBody: false);
        CheckBody.Check("{}"u8.ToArray(), takesBody: false);
        Assert.Equal("force",
            Assert.Throws<InvalidInputException>(() => CheckBody.Check("""{"force":true}"""u8.ToArray(), takesBody: false)).Field);
    }

    [Theory]
    [InlineData("PUT", "/api/v1/assets/line-9")]
    [InlineData("POST", "/api/v1/scenarios")]
    [InlineData("POST", "/api/v1/decisions")]
    [InlineData("POST", "/api/v1/decisions/1:take")]
    [InlineData("POST", "/api/v1/backtests")]
    [InlineData("POST", "/api/v1/calibrations")]
    [InlineData("POST", "/api/v1/calibrations/1:adopt")]
    [InlineData("POST", "/api/v1/calibrations/1:rollBack")]
    [InlineData("POST", "/api/v1/alarms/1:acknowledge")]
    [InlineData("POST", "/api/v1/alarms/1:shelve")]
    [InlineData("POST", "/api/v1/alarms/1:unshelve")]
    [InlineData("POST", "/api/v1/alarms/1:comment")]
    [InlineData("POST", "/api/v1/alarms/1:assign")]
    [InlineData("POST", "/api/v1/assets/line-9/components/screw:failed")]
    public async Task Every_command_refuses_a_malformed_body_as_the_callers_mistake(string method, string path)
    {
        await AssertRefused(method, path, """{"\ud800":1}"""u8.ToArray(), "application/json", 400, "body");
        await AssertRefused(method, path, "null"u8.ToArray(), "application/json", 400, "body");
        await AssertRefused(method, path, [], "application/json", 400, "body");
        await AssertRefused(method, path, [], null, 400, "body");
        await AssertRefused(method, path, "{}"u8.ToArray(), "application/json; charset=bogus", 415, "Content-Type");
        await AssertRefused(method, path, Encoding.Unicode.GetBytes("""{"name":"a\u0000b"}"""), "application/json; charset=utf-16", 415,
            "Content-Type");
    }

    static async Task AssertRefused(string method, string path, byte[] body, string? type, int status, string field)
    {
        using var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(new(method), path) { Content = content };
        using var answer = await QueryApi.ForBodies.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await QueryApi.Json(answer);
        Assert.Equal((status, field), ((int)answer.StatusCode, (string?)problem["field"]));
    }
}

import Testing

@testable import Actions

@Suite struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080, true), ("localhost:0", "localhost", 0, true),
        ("[::1]:1", "::1", 1, true), ("0.0.0.0:80", "0.0.0.0", 80, false),
        ("[::]:80", "::", 80, false), ("127.example.com:80", "127.example.com", 80, false),
        ("127.1:80", "127.1", 80, false),
    ])
    func aHostAndAPortAreAnAddress(
        text: String, host: String, port: Int, isLoopback: Bool
    ) throws {
        let address = try #require(ListenAddress(text))
        #expect(address.host == host && address.port == port)
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "8080", ":8080", "a:", "a:b", "a:70000", "a:-1", "::1:80", "[::1]", "a/b:1",
    ])
    func anythingElseIsNone(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test(arguments: [
        ("https://acme.my.salesforce.com", "https://acme.my.salesforce.com"),
        (
            "HTTPS://Acme--Dev.Sandbox.My.Salesforce.com/",
            "https://acme--dev.sandbox.my.salesforce.com"
        ),
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ("http://[::1]:9000/", "http://[::1]:9000"),
        ("https://localhost", "https://localhost"),
    ])
    func aSalesforceHostOrThisMachineIsALogin(text: String, url: String) throws {
        let login = try LoginURL(text)
        #expect(login.description == url)
        #expect(login.isLoopback == !url.contains("salesforce"))
    }

    @Test(arguments: [
        "", "acme.my.salesforce.com", "http://acme.my.salesforce.com",
        "https://login.salesforce.com.evil.example", "https://evil.example/x.salesforce.com",
        "https://evilmy.salesforce.com", "https://user@acme.my.salesforce.com",
        "https://evil.example#.my.salesforce.com", "https://evil.example?.my.salesforce.com",
        "https://evil.example\\.my.salesforce.com", "https://acme.my.salesforce.com:8443",
        "https://.my.salesforce.com", "https://a..my.salesforce.com",
        "https://acmé.my.salesforce.com", "https://acme.my.salesforce.com.", "ftp://127.0.0.1",
        "https://acme.lightning.force.com", "http://127.0.0.1@evil.example",
        "http://127.0.0.1.evil.example", "https://acme.my.salesforce.com/services",
    ])
    func noOtherHostIsEverSentTheSecret(text: String) {
        #expect(throws: LoginURL.Refusal.self) { try LoginURL(text) }
    }

    @Test(arguments: [
        ("200ms", 200), ("30s", 30_000), ("15m", 900_000), ("2h", 7_200_000), ("1d", 86_400_000),
        ("0s", 0),
    ])
    func aNumberAndAUnitAreADuration(text: String, milliseconds: Int) {
        #expect(DurationText.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: [
        "", "15", "m", "1.5h", "-1s", "1h30m", "15 m", "99999999999999999999s", "9999999d",
    ])
    func anythingElseIsNoDuration(text: String) {
        #expect(DurationText.parse(text) == nil)
    }
}

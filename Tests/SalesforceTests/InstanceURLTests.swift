import Testing

@testable import Salesforce

struct InstanceURLTests {
    @Test(arguments: [
        "https://acme.my.salesforce.com", "https://acme.my.salesforce.com/",
        "https://ACME.My.Salesforce.com", "https://acme--qa.sandbox.my.salesforce.com",
        "https://acme-dev-ed.develop.my.salesforce.com", "https://na139.salesforce.com",
        "https://login.salesforce.com",
    ])
    func salesforceHostsAreAccepted(text: String) {
        let url = InstanceURL(text, allowsLoopback: false)
        #expect(
            url?.host == text.lowercased().dropFirst(8).split(separator: "/").first.map(String.init)
        )
        #expect(url?.description.hasSuffix(".salesforce.com") == true)
        #expect(url?.isLoopback == false)
    }

    /// Everything that has been used to smuggle a host past a suffix check.
    @Test(arguments: [
        "", "https://", "https:///", "acme.my.salesforce.com", "//acme.my.salesforce.com",
        "http://acme.my.salesforce.com", "ftp://acme.my.salesforce.com",
        "HTTPS://acme.my.salesforce.com", "javascript:alert(1)", "https:acme.my.salesforce.com",
        "https://salesforce.com", "https://.salesforce.com", "https://evilsalesforce.com",
        "https://my-salesforce.com", "https://evil.my-salesforce.com",
        "https://evilmy.salesforce.com.x", "https://acme.my.salesforce.com.evil.com",
        "https://acme.my.salesforce.com@evil.com", "https://evil.com@acme.my.salesforce.com",
        "https://user:pass@acme.my.salesforce.com", "https://evil.com/acme.my.salesforce.com",
        "https://evil.com?.salesforce.com", "https://evil.com#.salesforce.com",
        "https://evil.com\\.salesforce.com", "https://evil.com\\@acme.my.salesforce.com",
        "https://evil.com;.salesforce.com", "https://evil.com:443.salesforce.com",
        "https://evil.com%2f.salesforce.com", "https://evil.com%00.salesforce.com",
        "https://evil.com/.salesforce.com", "https://acme.my.salesforce.com/path",
        "https://acme.my.salesforce.com//", "https://acme.my.salesforce.com?x=1",
        "https://acme.my.salesforce.com#x", "https://acme.my.salesforce.com:443",
        "https://acme.my.salesforce.com:8443", "https://acme.my.salesforce.com:80@evil.com",
        "https://acme.my.salesforce.com.", "https://acme..my.salesforce.com",
        "https://-acme.salesforce.com", "https://acme-.salesforce.com",
        "https://acme_.salesforce.com", "https://acme .salesforce.com",
        " https://acme.my.salesforce.com", "https://acme.my.salesforce.com ",
        "https://acme.my.salesforce.com\n", "https://acme.my.salesforce.com\r\nHost: evil",
        "https://acme.my.salesforce.com\u{0}", "https://ac\tme.salesforce.com",
        "https://аcme.salesforce.com", "https://acme.my.ſalesforce.com",
        "https://acme.my。salesforce.com", "https://acme.salesforce.com\u{200b}",
        "https://acme.my.salesforce.co", "https://acme.my.salesforce.com.br",
        "https://acme.force.com", "https://acme.my.site.com", "https://10.0.0.1",
        "https://169.254.169.254", "https://[::ffff:127.0.0.1]", "https://2130706433",
        "https://127.0.0.1.salesforce.com.evil.com", "http://127.0.0.1", "https://localhost",
        "http://[::1]:80",
        "https://\(String(repeating: "a", count: 64)).salesforce.com",
        "https://\(String(repeating: "a.", count: 130))salesforce.com",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(InstanceURL(text, allowsLoopback: false) == nil)
    }

    @Test(arguments: [
        ("http://127.0.0.1:8089", "127.0.0.1"), ("http://localhost:1", "localhost"),
        ("https://127.0.0.1", "127.0.0.1"), ("http://[::1]:65535/", "[::1]"),
    ])
    func loopbackIsAcceptedWhereItIsAllowed(text: String, host: String) {
        #expect(InstanceURL(text, allowsLoopback: true)?.host == host)
        #expect(InstanceURL(text, allowsLoopback: true)?.isLoopback == true)
        #expect(InstanceURL(text, allowsLoopback: false) == nil)
    }

    @Test(arguments: [
        "http://127.0.0.1.evil.com", "http://127.0.0.1:80@evil.com", "http://127.0.0.1@evil.com",
        "http://localhost.evil.com", "http://localhostevil", "http://127.0.0.2",
        "http://127.0.0.1:", "http://127.0.0.1:65536", "http://127.0.0.1:80/x", "http://0.0.0.0",
        "http://127.0.0.1:+1", "http://127.1",
    ])
    func whatOnlyLooksLikeLoopbackIsRefused(text: String) {
        #expect(InstanceURL(text, allowsLoopback: true) == nil)
    }
}

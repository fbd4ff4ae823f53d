import Testing

@testable import Salesforce

struct ClientSettingsTests {
    @Test(arguments: ["https://login.salesforce.com", "https://TEST.salesforce.com/"])
    func clientCredentialsOnALoginHostIsRefusedNamingTheRemedy(loginURL: String) {
        let error = #expect(throws: SalesforceError.self) {
            try ClientSettings.forTests(loginURL: loginURL)
        }
        #expect(error?.disposition == .pause(.settings))
        #expect("\(error.map(String.init(describing:)) ?? "")".contains(".my.salesforce.com"))
    }

    @Test(arguments: ["64", "64.", "v64.0", "64.0/../x", "", "6400.0", "64.00", "٦٤.0"])
    func aVersionThatIsNoVersionIsRefused(version: String) {
        #expect(throws: SalesforceError.self) {
            try ClientSettings.forTests(
                loginURL: "https://acme.my.salesforce.com", apiVersion: version)
        }
    }

    @Test func theVersionIsPartOfEveryPath() throws {
        let settings = try ClientSettings.forTests(loginURL: "https://acme.my.salesforce.com")
        #expect(settings.basePath == "/services/data/v64.0")
    }

    @Test func secretsAppearInNoDescription() throws {
        let settings = try ClientSettings.forTests(loginURL: "https://acme.my.salesforce.com")
        var dumped = ""
        dump(settings, to: &dumped)
        for text in ["\(settings)", String(reflecting: settings), dumped] {
            #expect(!text.contains("demo-secret"))
            #expect(!text.contains("demo-client"))
        }
    }
}

extension ClientSettings {
    static func forTests(
        loginURL: String, apiVersion: String = "64.0", limits: ClientLimits = ClientLimits()
    ) throws -> ClientSettings {
        try ClientSettings(
            loginURL: loginURL, apiVersion: apiVersion,
            authorization: .clientCredentials(
                clientID: Confidential("demo-client"), clientSecret: Confidential("demo-secret")),
            limits: limits)
    }
}

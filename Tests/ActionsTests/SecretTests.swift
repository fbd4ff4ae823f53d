import Foundation
import TestSupport
import Testing

@testable import Actions

@Suite struct SecretTests {
    static func configuration(
        _ yaml: String, folder: String = "/etc/tidemark", environment: [String: String] = [:]
    ) throws -> Configuration {
        try Configuration.parse(
            yaml: yaml, file: folder + "/tidemark.yaml", environment: environment)
    }

    static func web(_ grantKey: String) -> String {
        """
        salesforce:
          auth:
            flow: web
            clientId: app
            grantKey: \(grantKey)
        """
    }

    static let key = Data((0..<32).map { UInt8($0) }).base64EncodedString()

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch {
            return "\(error)"
        }
    }

    @Test func aMissingSecretIsNoProblemUntilItIsNeeded() throws {
        let yaml = ConfigurationTests.everything.replacing("env:SF_CLIENT_SECRET", with: "env:NOPE")
        let configuration = try Self.configuration(yaml, environment: ["WEBSITE_WRITE_KEY": "k"])
        let text = message { _ = try configuration.salesforce.auth.clientSecret?.reveal() }
        #expect(
            text == "/etc/tidemark/tidemark.yaml:20:19: salesforce.auth.clientSecret: the "
                + "environment variable \"NOPE\" is not set; export it")
        #expect(configuration.secretProblems.map(\.line) == [19, 20])
    }

    @Test func writeKeysAreFetchedTogetherWithAllProblems() throws {
        let yaml = """
            ingest:
              sources:
                - { name: a, writeKey: env:A }
                - { name: b, writeKey: file:nowhere }
                - { name: c, writeKey: env:C }
            salesforce:
              auth: { flow: web, clientId: x }
            """
        let environment = ["C": "key"]
        let configuration = try Self.configuration(yaml, environment: environment)
        let error = try #require(throws: ConfigurationError.self) {
            try configuration.writeKeys()
        }
        #expect(error.problems.map(\.line) == [3, 4])
        #expect(error.description.contains("/etc/tidemark/nowhere does not exist"))
    }

    @Test func keysInFilesAreComparedWhenTheyAreRead() throws {
        try withTemporaryFolder { folder in
            for name in ["a", "b"] {
                try Data("same\n".utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
            }
            let configuration = try Self.configuration(
                """
                ingest:
                  sources:
                    - { name: a, writeKey: file:a }
                    - { name: b, writeKey: file:b }
                salesforce:
                  auth: { flow: web, clientId: x }
                """, folder: folder)
            let text = message { _ = try configuration.writeKeys() }
            #expect(text.contains("share a write key"))
            #expect(!text.contains("same"))
        }
    }

    @Test func aGrantKeyIsThirtyTwoBytesInBase64() throws {
        let configuration = try Self.configuration(
            Self.web("env:KEY"), environment: ["KEY": Self.key])
        #expect(try configuration.grantKey() == Array(0..<32))
        for wrong in ["short", Data(count: 31).base64EncodedString(), Self.key + "A"] {
            let configuration = try Self.configuration(
                Self.web("env:KEY"), environment: ["KEY": wrong])
            let text = message { _ = try configuration.grantKey() }
            #expect(text.contains("openssl rand -base64 32"))
            #expect(!text.contains(wrong))
        }
    }

    @Test func aGrantKeyInAFileMustBePrivateAndOutsideTheDataFolder() throws {
        try withTemporaryFolder { folder in
            let files = FileManager.default
            try files.createDirectory(
                atPath: folder + "/tidemark-data", withIntermediateDirectories: true)
            for path in ["key", "tidemark-data/key"] {
                let made = files.createFile(
                    atPath: folder + "/" + path, contents: Data(Self.key.utf8),
                    attributes: [.posixPermissions: 0o600])
                #expect(made)
            }
            try files.createSymbolicLink(
                atPath: folder + "/link", withDestinationPath: folder + "/tidemark-data/key")
            func key(_ path: String) throws -> [UInt8] {
                try Self.configuration(Self.web("file:" + path), folder: folder).grantKey()
            }
            #expect(try key("key") == Array(0..<32))
            for path in ["tidemark-data/key", "link"] {
                #expect(message { _ = try key(path) }.contains("lies in the data folder"))
            }
            try files.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder + "/key")
            #expect(message { _ = try key("key") }.contains("chmod 600"))
        }
    }

    @Test func withoutAWordTheGrantKeyIsACredentialOfSystemd() throws {
        let yaml = "salesforce:\n  auth: { flow: web, clientId: app }\n"
        try withTemporaryFolder { folder in
            try Data(Self.key.utf8)
                .write(to: URL(fileURLWithPath: folder + "/tidemark-grant-key"))
            let environment = ["CREDENTIALS_DIRECTORY": folder]
            let configuration = try Self.configuration(yaml, environment: environment)
            #expect(try configuration.grantKey() == Array(0..<32))
        }
        let text = message { _ = try Self.configuration(yaml).grantKey() }
        #expect(text.contains("tidemark-grant-key") && text.contains("CREDENTIALS_DIRECTORY"))
    }

    @Test(arguments: [
        ("flow: jwt, clientId: a, username: u, privateKey: env:K, grantKey: env:G", "flow jwt"),
        (
            "flow: client-credentials, clientId: a, clientSecret: env:S, callbackPort: 8085",
            "flow client-credentials"
        ),
        ("flow: web, clientId: a, callbackPort: 70000", "is a port"),
        ("flow: web, clientId: a, callbackPort: 0", "a whole number from 1"),
    ])
    func keysOfTheWebFlowBelongToItAlone(auth: String, problem: String) {
        let text = message {
            _ = try Self.configuration("salesforce:\n  auth: { \(auth) }\n")
        }
        #expect(text.contains(problem), "\(text)")
    }

    @Test(arguments: [
        ("sandbox: true, loginUrl: https://acme.my.salesforce.com", 1),
        ("sandbox: false, loginUrl: https://acme--dev.sandbox.my.salesforce.com", 1),
        ("sandbox: true, loginUrl: https://acme--dev.sandbox.my.salesforce.com", 0),
        ("sandbox: true", 0), ("sandbox: true, loginUrl: http://127.0.0.1:1", 0),
    ])
    func aSwitchThatContradictsTheDomainIsDoubtful(keys: String, count: Int) throws {
        let configuration = try Self.configuration(
            "salesforce: { \(keys), auth: { flow: web, clientId: a } }\nactions: []")
        let doubts = configuration.warnings.filter { $0.message.contains("sandbox") }
        #expect(doubts.count == count, "\(configuration.warnings)")
    }
}

import Foundation
import Records
import TestSupport
import Testing

@testable import Salesforce

struct GrantVaultTests {
    static let key = [UInt8](repeating: 1, count: 32)

    static func grant(
        _ accessToken: String = "00Dx!canary-access", refresh: String = "5Aep-canary-refresh"
    ) throws -> StoredGrant {
        let instance = try #require(
            InstanceURL("https://acme.my.salesforce.com", allowsLoopback: false))
        let organization = try #require(RecordID(answered: "00Dx0000000BV7z"))
        let user = try #require(RecordID(answered: "005x00000012Q9P"))
        let token = Confidential(refresh)
        return StoredGrant(
            grant: Grant(
                accessToken: Confidential(accessToken), instance: instance,
                organizationID: organization, userID: user, refreshToken: token),
            refreshToken: token, clientID: "demo-client", approvedAt: 1_750_000_000_000,
            renewalBegunAt: nil)
    }

    private func withVault(_ body: (GrantVault) throws -> Void) throws {
        try withTemporaryFolder { folder in
            try body(GrantVault(folder: folder + "/data/credentials", key: Self.key))
        }
    }

    private func message(_ vault: GrantVault) -> String {
        do {
            _ = try vault.load()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test func aGrantComesBackAsItWasStored() throws {
        try withVault { vault in
            #expect(try vault.load() == nil)
            let grant = try Self.grant().beginningRenewal(at: 5)
            try vault.store(grant)
            #expect(try vault.load() == grant)
            try vault.store(try Self.grant("other"))
            #expect(try vault.load()?.grant.accessToken.revealed == "other")
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: vault.folder) == ["grant"])
            try vault.remove()
            try vault.remove()
            #expect(try vault.load() == nil)
        }
    }

    @Test func nothingOfAGrantIsReadableOnDisk() throws {
        try withVault { vault in
            try vault.store(try Self.grant())
            let bytes = try Data(contentsOf: URL(fileURLWithPath: vault.path))
            let text = String(decoding: bytes, as: UTF8.self)
            for part in ["canary", "00Dx", "acme", "demo-client"] { #expect(!text.contains(part)) }
            let files = FileManager.default
            let mode = try files.attributesOfItem(atPath: vault.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let folder = try files.attributesOfItem(atPath: vault.folder)[.posixPermissions]
            #expect(folder as? Int == 0o700)
        }
    }

    @Test func twoSealingsOfOneGrantDiffer() throws {
        try withVault { vault in
            var seen: Set<Data> = []
            for _ in 0..<3 {
                try vault.store(try Self.grant())
                seen.insert(try Data(contentsOf: URL(fileURLWithPath: vault.path)))
            }
            #expect(seen.count == 3)
        }
    }

    @Test func anotherKeyOpensNothingAndSaysSo() throws {
        try withVault { vault in
            try vault.store(try Self.grant())
            let other = GrantVault(
                folder: vault.folder, key: [UInt8](repeating: 2, count: 32))
            #expect(message(other).contains("sealed with another key"))
            #expect(message(other).contains("tidemark connect"))
            #expect(try vault.load() != nil, "the file is left as it is")
        }
    }

    @Test func everyChangedByteIsFound() throws {
        try withVault { vault in
            try vault.store(try Self.grant())
            let url = URL(fileURLWithPath: vault.path)
            let bytes = try Data(contentsOf: url)
            for index in bytes.indices {
                var damaged = bytes
                damaged[index] ^= 1
                try damaged.write(to: url)
                #expect(!message(vault).isEmpty, "byte \(index)")
            }
            for count in [0, 10, bytes.count - 1] {
                try bytes.prefix(count).write(to: url)
                #expect(message(vault).contains("damaged"), "\(count) bytes")
            }
        }
    }

    @Test func aGrantThatCannotBeStoredLeavesTheOneBefore() throws {
        try withVault { vault in
            try vault.store(try Self.grant("first"))
            let blocked = URL(fileURLWithPath: vault.path + ".next")
            try FileManager.default.createDirectory(
                at: blocked, withIntermediateDirectories: false)
            #expect(throws: SalesforceError.self) { try vault.store(try Self.grant("second")) }
            #expect(try vault.load()?.grant.accessToken.revealed == "first")
        }
    }

    @Test func oneHolderAtATime() async throws {
        try await withTemporaryFolder { folder in
            let vault = GrantVault(folder: folder + "/credentials", key: Self.key)
            try vault.store(try Self.grant("0"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await vault.withLock { () async throws(SalesforceError) in
                            let stored = try vault.load()
                            let count = Int(stored?.grant.accessToken.revealed ?? "") ?? -1
                            await Task.yield()
                            guard let next = try? Self.grant("\(count + 1)") else { return }
                            try vault.store(next)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try vault.load()?.grant.accessToken.revealed == "8")
        }
    }
}

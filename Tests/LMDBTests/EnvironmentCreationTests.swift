import Foundation
import TestSupport
import Testing

@testable import LMDB

@Suite struct EnvironmentCreationTests {
    @Test func nothingTemporaryIsLeftBehind() throws {
        try withTemporaryEnvironment { _, path throws in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["store"])
        }
    }

    @Test func theFolderMayHoldOtherFiles() throws {
        try withTemporaryFolder { folder throws in
            #expect(FileManager.default.createFile(atPath: folder + "/own", contents: nil))
            try Environment(path: folder, tables: ["table"]).close()
            let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            #expect(names == ["data.mdb", "lock.mdb", "own"])
        }
    }

    /// What a power cut can leave: the temporary folder with nothing, with half a file, or with a
    /// whole one that was never moved.
    @Test(arguments: ["", "data.mdb half", "data.mdb whole lock.mdb"])
    func aCreationThatCrashedIsStartedAfresh(remains: String) throws {
        try withTemporaryFolder { folder throws in
            let path = folder + "/store"
            let temporary = EnvironmentCreation.temporaryPath(for: path)
            try FileManager.default.createDirectory(
                atPath: temporary, withIntermediateDirectories: false)
            for name in ["data.mdb", "lock.mdb"] where remains.contains(name) {
                let content = Data(
                    repeating: 0xAB, count: remains.contains("half") ? 4_000 : 16_384)
                #expect(
                    FileManager.default.createFile(
                        atPath: temporary + "/" + name, contents: content))
            }
            let environment = try Environment(path: path, tables: ["table"])
            defer { environment.close() }
            try environment.write { (transaction) throws(LMDBError) in
                try transaction.put(environment.table("table"), key: [1], value: [1])
            }
            #expect(!FileManager.default.fileExists(atPath: temporary))
        }
    }

    /// SIGKILL before each of the steps that change a file. What stands under the final name is
    /// whole as it is, for nothing would mend it; what does not may be lost in a power cut.
    @Test(.enabled(if: Child.canEndAtAnyStep, "only on Linux a process is ended at a given step"))
    func aCreationThatIsKilledAnywhereLeavesNoneOrAWholeOne() throws {
        var steps = 0
        var wasKilled = true
        while wasKilled {
            try withTemporaryFolder { folder in
                let path = folder + "/store"
                let child = try Child("log-process", ["create", path, "\(steps)"])
                wasKilled = try child.isKilledBeforeSaying("created")
                try expectNoneOrAWholeOne(at: path, "step \(steps)")
                try lose(EnvironmentCreation.temporaryPath(for: path))

                let environment = try Environment(path: path, tables: ["table"])
                defer { environment.close() }
                try environment.write { (transaction) throws(LMDBError) in
                    try transaction.put(environment.table("table"), key: [1], value: [1])
                }
                let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                #expect(names == ["store"], "step \(steps)")
            }
            steps += 1
        }
        #expect(steps > 10, "only \(steps) steps")
    }

    private func expectNoneOrAWholeOne(at path: String, _ step: Comment) throws {
        guard FileManager.default.fileExists(atPath: path + "/data.mdb") else { return }
        let options = EnvironmentOptions(isReadOnly: true)
        let whole = try Environment(path: path, tables: ["table"], options: options)
        defer { whole.close() }
        let count = try whole.read { (transaction) throws(LMDBError) in
            try transaction.count(whole.table("table"))
        }
        #expect(count == 0, step)
    }

    /// Spoils the files in a folder, if it is there.
    private func lose(_ folder: String) throws {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            try Data(repeating: 0xAB, count: 4_000)
                .write(to: URL(fileURLWithPath: folder + "/" + name))
        }
    }

    /// All see one file and each other's rows: two environments with one `lock.mdb` between them
    /// would each have their own.
    @Test func processesThatCreateOneFolderAtOnceShareOneEnvironment() throws {
        for round in 0..<10 {
            try withTemporaryFolder { folder in
                let path = folder + "/store"
                let children = try (0..<4).map { _ in try Child("log-process", ["join", path]) }
                defer { for child in children { child.kill() } }
                for child in children { #expect(child.lines(count: 1) == ["ready"]) }
                #expect(FileManager.default.createFile(atPath: path + ".go", contents: nil))
                let files = children.map { $0.lines(count: 1).first ?? "none" }
                let found = EnvironmentRegistry.identity(of: path + "/data.mdb")
                #expect(Set(files) == [found.map { "\($0.number)" }], "round \(round)")

                let environment = try Environment(path: path, tables: ["table"])
                defer { environment.close() }
                let count = try environment.read { (transaction) throws(LMDBError) in
                    try transaction.count(environment.table("table"))
                }
                #expect(count == children.count, "round \(round)")
                let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                #expect(names == ["store", "store.go"], "round \(round)")
            }
        }
    }

    @Test func aWholeEnvironmentSurvivesTheRemainsOfAnotherCreation() throws {
        try withTemporaryEnvironment { environment, path throws in
            try environment.write { (transaction) throws(LMDBError) in
                try transaction.put(environment.table("table"), key: [1], value: [9])
            }
            environment.close()
            try FileManager.default.createDirectory(
                atPath: EnvironmentCreation.temporaryPath(for: path),
                withIntermediateDirectories: false)
            let again = try Environment(path: path, tables: ["table"])
            defer { again.close() }
            let value = try again.read { (transaction) throws(LMDBError) in
                try transaction.value(again.table("table"), key: [1])
            }
            #expect(value == [9])
        }
    }

    @Test func aFileThatIsNoEnvironmentIsRefusedAndKept() throws {
        try withTemporaryFolder { folder throws in
            let content = Data("These are my notes, not a database.".utf8)
            let file = folder + "/data.mdb"
            #expect(FileManager.default.createFile(atPath: file, contents: content))
            #expect(throws: LMDBError.notAnEnvironment(path: folder)) {
                _ = try Environment(path: folder, tables: ["table"])
            }
            #expect(FileManager.default.contents(atPath: file) == content)
        }
    }

    @Test func anEnvironmentOfAnotherVersionIsRefused() throws {
        try withTemporaryEnvironment { environment, path throws in
            environment.close()
            let file = path + "/data.mdb"
            let original = try Data(contentsOf: URL(fileURLWithPath: file))
            var other = original
            // The version follows the page header (16 bytes) and the magic number, in both meta
            // pages.
            for page in [0, 4_096] { other[page + 20] = 99 }
            try other.write(to: URL(fileURLWithPath: file))
            #expect(throws: LMDBError.versionMismatch(path: path)) {
                _ = try Environment(path: path, tables: ["table"])
            }
            try original.write(to: URL(fileURLWithPath: file))
        }
    }
}

/// Which tests hold a target.
enum Coverage {
    /// Targets whose tests live under another name: a system library through the module that wraps
    /// it, programs through what runs them.
    static let testedElsewhere = [
        "CLMDB": "LMDBTests", "CCrypto": "EventLogTests", "CZlib": "SalesforceTests",
        "CMalloc": "EndToEndTests", "CLI": "EndToEndTests",
        "salesforce-emulator": "SalesforceEmulatorTests",
        "profile-generator": "ProfileGeneratorTests",
    ]

    /// What only measures: a wrong figure is found by whoever runs it again.
    static let measuring: Set = ["Benchmarks", "CAppendBenchmark"]

    /// Targets without a test target, and test targets without a test.
    ///
    /// - Parameter hasTest: whether a folder holds a Swift file that says `@Test`.
    static func problems(manifest: Manifest, hasTest: (String) -> Bool) -> [String] {
        let tests = manifest.targets.filter(\.isTest)
        let targets = manifest.targets.filter {
            !$0.path.hasPrefix("Tests/") && !measuring.contains($0.name)
        }
        let untested = targets.compactMap { target in
            let wanted = testedElsewhere[target.name] ?? target.name + "Tests"
            return tests.contains { $0.name == wanted } ? nil : "\(target.name): no \(wanted)"
        }
        return untested + tests.filter { !hasTest($0.path) }.map { "\($0.path): holds no test" }
    }
}

import Testing

@Suite struct LayeringTests {
    static func layering() throws -> Layering {
        Layering(page: try Checkout.text("docs/architecture.md"))
    }

    @Test func importsPointUpTheDataPathAsTheTableSays() throws {
        let layering = try Self.layering()
        let manifest = Manifest(text: try Checkout.text("Package.swift"))
        let problems = try manifest.targets.filter { !$0.path.hasPrefix("Tests/") }.flatMap {
            layering.problems(target: $0.name, sources: try Checkout.sources(in: [$0.path]))
        }
        expectNone(problems)
    }

    @Test func manifestGrantsWhatTheTableSaysAndNoMore() throws {
        let manifest = Manifest(text: try Checkout.text("Package.swift"))
        expectNone(try Self.layering().problems(manifest: manifest))
    }

    @Test func tableKeepsTheRules() throws {
        let layering = try Self.layering()
        #expect(layering.allowed.count > 10)
        expectNone(layering.problemsOfTheTable())
    }

    // MARK: - The checkers, on planted input

    @Test func tableIsReadWithSeveralTargetsInARowAndNothingToImport() {
        let layering = Layering(
            page: """
                | other | table |
                |---|---|
                | `X` | `Y` |

                | target | may import | does |
                |---|---|---|
                | `Events` · `Records` | — | values |
                | `EventLog` | `Events`, `LMDB` | appends |

                | `After` | `Events` |
                """)
        #expect(
            layering.allowed == ["Events": [], "Records": [], "EventLog": ["Events", "LMDB"]])
    }

    @Test func anImportThatTheTableLacksIsFound() {
        let layering = Layering(allowed: ["Records": [], "Reconciliation": ["Records"], "LMDB": []])
        let source = SwiftSource(
            path: "Sources/Reconciliation/Reconcile.swift",
            text: "import Foundation\nimport LMDB\nimport Records\n")
        #expect(
            layering.problems(target: "Reconciliation", sources: [source])
                == ["Sources/Reconciliation/Reconcile.swift: Reconciliation must not import LMDB"])
        #expect(layering.problems(target: "Novel", sources: []).count == 1)
    }

    static let manifest = Manifest(
        text: """
            let package = Package(
                dependencies: [.package(url: "https://example.com/yams", from: "6.2.2")],
                targets: [
                    // .target(name: "Ghost")
                    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
                    .target(name: "Actions",
                        dependencies: [
                            "Events", .product(name: "Yams", package: "Yams"), "LMDB"],
                        swiftSettings: strict),
                    .executableTarget(name: "tool", dependencies: ["Actions"], path: "Tools/Tool"),
                    .testTarget(name: "ActionsTests", dependencies: ["Actions"]),
                ])
            """)

    @Test func manifestIsReadWithoutProductsAndComments() throws {
        let targets = Dictionary(uniqueKeysWithValues: Self.manifest.targets.map { ($0.name, $0) })
        #expect(Set(targets.keys) == ["CLMDB", "Actions", "tool", "ActionsTests"])
        #expect(targets["Actions"]?.dependencies == ["Events", "LMDB"])
        #expect(targets["Actions"]?.path == "Sources/Actions")
        #expect(targets["tool"]?.path == "Tools/Tool")
        #expect(targets["CLMDB"]?.dependencies == [])
        #expect(targets["ActionsTests"]?.isTest == true)
    }

    @Test func manifestsThatGrantMoreOrLessThanTheTableAreFound() {
        let layering = Layering(
            allowed: ["CLMDB": [], "Actions": ["Events", "Records"], "Gone": []])
        #expect(
            layering.problems(manifest: Self.manifest) == [
                "Gone: in the table of docs/architecture.md, not in Package.swift",
                "Package.swift: Actions may not depend on LMDB",
                "Package.swift: Actions lacks the dependency Records",
                "tool: not in the table of docs/architecture.md",
            ])
    }

    @Test(arguments: [
        ("Events", "Records"), ("Reconciliation", "LMDB"), ("Salesforce", "Events"),
        ("EventLog", "Projection"), ("Delivery", "Ingest"), ("Ingest", "Dashboard"),
        ("Audit", "CLI"), ("SalesforceEmulator", "Records"), ("ProfileGenerator", "Events"),
        ("CLI", "ProfileGenerator"),
    ])
    func aTableThatBreaksTheRulesIsFound(target: String, imported: String) {
        let layering = Layering(allowed: [target: [imported]])
        #expect(layering.problemsOfTheTable().count == 1)
    }
}

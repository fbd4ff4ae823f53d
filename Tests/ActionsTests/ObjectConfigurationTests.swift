import Testing

@testable import Actions

/// `salesforce.objects` and `salesforce.latency`.
@Suite struct ObjectConfigurationTests {
    private static func yaml(_ lines: String) -> String {
        ConfigurationTests.everything.replacing(
            "brake: { count: 500, share: 0.05 }",
            with: "brake: { count: 500, share: 0.05 }\n" + lines)
    }

    @Test func objectsAreReadByTheirNamesInAnyCase() throws {
        let configuration = try ConfigurationTests.parse(
            Self.yaml(
                """
                  latency: 2h
                  objects:
                    CONTACT: { duplicateRules: allow-save }
                    Lead: { assignmentRules: true, converted: contact }
                """))
        let salesforce = configuration.salesforce
        #expect(salesforce.latency == .seconds(7_200))
        #expect(salesforce.objects["contact"]?.duplicateRules == .allowSave)
        #expect(salesforce.objects["contact"]?.assignmentRules == false)
        #expect(salesforce.objects["lead"]?.assignmentRules == true)
        #expect(salesforce.objects["lead"]?.converted == .contact)
        #expect(salesforce.objects["contact"]?.converted == .park)
        #expect(salesforce.objects["lead"]?.duplicateRules == .enforce)
        // The file's one action writes contacts.
        #expect(
            configuration.warnings.map(\.message)
                == ["no action writes Lead, which salesforce.objects is about"])
        #expect(configuration.warnings.map(\.line) == [29])
    }

    @Test func withoutThemEverythingIsAsUsual() throws {
        let salesforce = try ConfigurationTests.parse(ConfigurationTests.everything).salesforce
        #expect(salesforce.latency == .seconds(900))
        #expect(salesforce.objects.isEmpty)
        let environment = ConfigurationTests.environment
            .merging(["TIDEMARK_SALESFORCE_LATENCY": "5s"]) { _, new in new }
        let shorter = try ConfigurationTests.parse(
            ConfigurationTests.everything, environment: environment)
        #expect(shorter.salesforce.latency == .seconds(5))
    }

    @Test(arguments: [
        ("  latency: soon", 26, 12, "a whole number and a unit"),
        ("  objects: [Lead]", 26, 12, "takes a group of objects"),
        ("  objects: { Lead: { asignmentRules: true } }", 26, 22, "did you mean"),
        ("  objects: { Lead: { assignmentRules: maybe } }", 26, 39, "takes true or false"),
        ("  objects: { Lead: { duplicateRules: allow } }", 26, 38, "enforce, allow-save"),
        ("  objects: { Lead: { converted: person } }", 26, 33, "park, contact, account"),
        ("  objects: { Case: { converted: park } }", 26, 33, "only leads are converted"),
        ("  objects: { Le-ad: {} }", 26, 14, "an object's API name"),
        ("  objects: { Lead: {}, lead: {} }", 26, 24, "twice"),
    ])
    func aProblemHasItsPlace(lines: String, line: Int, column: Int, message: String) {
        let problems = ConfigurationProblemTests.problems(Self.yaml(lines))
        #expect(problems.map(\.line) == [line])
        #expect(problems.map(\.column) == [column])
        #expect(problems.first?.description.contains(message) == true, "\(problems)")
    }
}

/// Which of the org's own rules are in force while records are saved.
///
/// They travel as headers. Calls of their own and the parts of a Composite call take them; jobs of
/// Bulk API 2.0 do not, so records that need others than the usual ones go by no job.
package struct SavingRules: Sendable, Hashable, Codable {
    /// Assignment rules give leads and cases, and territory rules accounts, another owner (REST API
    /// Developer Guide, "Assignment Rule Header": they run unless the header says otherwise).
    package var runsAssignmentRules: Bool
    /// A duplicate rule that only alerts lets the record through; one that blocks never does (REST
    /// API Developer Guide, "Duplicate Rule Header": `allowSave`, false unless given).
    package var passesDuplicateAlerts: Bool

    package init(runsAssignmentRules: Bool = false, passesDuplicateAlerts: Bool = false) {
        self.runsAssignmentRules = runsAssignmentRules
        self.passesDuplicateAlerts = passesDuplicateAlerts
    }

    /// Those that hold where nothing is configured.
    package static let usual = SavingRules()

    /// The headers that say so, in a fixed order.
    package var headers: [(name: String, value: String)] {
        let assignment = (
            name: "Sforce-Auto-Assign", value: runsAssignmentRules ? "TRUE" : "FALSE"
        )
        guard passesDuplicateAlerts else { return [assignment] }
        return [assignment, (name: "Sforce-Duplicate-Rule-Header", value: "allowSave=true")]
    }
}

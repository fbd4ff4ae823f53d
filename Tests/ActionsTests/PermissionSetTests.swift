import Foundation
import Records
import Testing

@testable import Actions

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct PermissionSetTests {
    static func configuration(_ actions: String) throws -> Configuration {
        try Configuration.parse(
            yaml: """
                salesforce:
                  name: acme & <co>
                  auth: { flow: web, clientId: a }
                actions:
                \(actions)
                """, file: "/etc/tidemark.yaml", environment: [:])
    }

    static let contacts = """
          - name: Contacts
            object: Contact
            trigger: type = "identify"
            operation: upsert
            matchers: { Email: $.traits.email, Account.Ext__c: $.groupId }
            fields: { LastName: $.traits.last, Plan__c: $.traits.plan }
        """
    static let tasks = """
          - name: Tasks
            object: Task
            trigger: type = "track"
            operation: create
            fields: { Subject: $.event, Score__c: $.properties.score }
        """
    static let gone = """
          - name: Gone
            object: Lead
            trigger: event = "gone"
            operation: delete
            matchers: { Ext__c: $.userId }
        """
    static let off = """
          - name: Off
            object: Case
            trigger: event = "off"
            operation: delete
            enabled: false
            matchers: { Ext__c: $.userId }
        """

    static let all = [contacts, tasks, gone, off].joined(separator: "\n")

    /// The groups of an element, each as its members.
    private func groups(_ name: String, in xml: String) -> [[String: String]] {
        xml.split(separator: "<\(name)>").dropFirst().map { rest in
            let body = rest.split(separator: "</\(name)>")[0]
            var members: [String: String] = [:]
            for member in body.matches(of: /<([a-zA-Z]+)>([^<]*)</) {
                members[String(member.1)] = String(member.2)
            }
            return members
        }
    }

    @Test func eachObjectGetsWhatItsActionsNeedAndNoMore() throws {
        let xml = try PermissionSet(Self.configuration(Self.all), yaml: "").xml
        let objects = groups("objectPermissions", in: xml)
        #expect(objects.map { $0["object"] } == ["Account", "Contact", "Lead", "Task"])
        func rights(_ object: String) -> String {
            let group = objects.first { $0["object"] == object } ?? [:]
            let names = [
                "allowCreate", "allowEdit", "allowDelete", "viewAllRecords", "modifyAllRecords",
            ]
            return names.filter { group[$0] == "true" }.joined(separator: " ")
        }
        #expect(rights("Account") == "viewAllRecords")
        #expect(rights("Contact") == "allowCreate allowEdit viewAllRecords")
        #expect(rights("Lead") == "allowEdit allowDelete viewAllRecords")
        #expect(rights("Task") == "allowCreate")
        #expect(objects.allSatisfy { $0["allowRead"] == "true" })
        #expect(groups("userPermissions", in: xml) == [["enabled": "true", "name": "ApiEnabled"]])
    }

    @Test func fieldsAreNamedUnlessTheirSecurityCannotBeSet() throws {
        let xml = try PermissionSet(Self.configuration(Self.all), yaml: "").xml
        let fields = groups("fieldPermissions", in: xml)
        let shown = fields.map { "\($0["field"] ?? "") \($0["editable"] ?? "")" }
        #expect(
            shown == [
                "Account.Ext__c false", "Contact.AccountId false", "Contact.Email true",
                "Contact.Plan__c true",
                "Lead.Ext__c false", "Task.Score__c true",
            ])
    }

    @Test(arguments: [
        ("AccountId: { lookup: { object: account, field: Ext__c, value: x } }", "account.Ext__c"),
        ("AccountId: { lookup: { field: Ext__c, value: x } }", "Account.Ext__c"),
        ("ReportsToId: { lookup: { field: Ext__c, value: x } }", "Contact.Ext__c"),
        ("Site__c: { lookup: { field: Ext__c, value: x } }", "Site.Ext__c"),
    ])
    func aLookupReadsItsParent(_ field: String, _ read: String) throws {
        let action = """
              - name: Contacts
                object: Contact
                trigger: type = "identify"
                operation: create
                fields: { LastName: x, \(field) }
            """
        let needs = ObjectNeed.all(of: try Self.configuration(action).actions) { object in
            object == "Contact" ? Self.described : nil
        }
        let reads = needs.flatMap { need in need.readFields.map { "\(need.object).\($0)" } }
        #expect(reads == [read])
        let parent = needs.first { !$0.readFields.isEmpty }
        #expect(parent?.matches == true)
    }

    private static let described = ObjectDescription(
        name: "Contact", keyPrefix: "003", isCreateable: true, isUpdateable: true,
        isDeletable: true, isQueryable: true,
        fields: [FieldDescription(name: "Site__c", type: .reference, referenceTo: ["Site"])])

    @Test func aParentThatCannotBeToldIsRefusedWithItsPlace() throws {
        let yaml = """
            salesforce:
              auth: { flow: web, clientId: a }
            actions:
              - name: Contacts
                object: Contact
                trigger: type = "identify"
                operation: upsert
                matchers: { Site__r.Ext__c: x }
                fields:
                  WhoId: { lookup: { field: Ext__c, value: x } }
                  Site__c: { lookup: { object: Site, field: Ext__c, value: x } }
            """
        let configuration = try Configuration.parse(yaml: yaml, file: "t.yaml", environment: [:])
        do throws(ConfigurationError) {
            _ = try PermissionSet(configuration, yaml: yaml)
            Issue.record("a parent was guessed")
        } catch {
            #expect(error.problems.map(\.line) == [8, 10])
            #expect(error.problems[0].message.contains("which object Contact.Site__c points to"))
            #expect(error.problems[1].message.contains("lookup.object"))
        }
        #expect(throws: ConfigurationError.self) {
            try PermissionSet(configuration, yaml: yaml) { _ in Self.described }
        }
        let told = yaml.replacing(
            "      WhoId: { lookup: { field: Ext__c, value: x } }\n", with: "")
        let other = try Configuration.parse(yaml: told, file: "t.yaml", environment: [:])
        let xml = try PermissionSet(other, yaml: told) { object in
            object == "Contact" ? Self.described : nil
        }.xml
        #expect(xml.contains("<field>Site.Ext__c</field>"))
    }

    @Test func itIsWellFormedWhateverTheNames() throws {
        let xml = try PermissionSet(Self.configuration(Self.all), yaml: "").xml
        #expect(XMLParser(data: Data(xml.utf8)).parse())
        #expect(xml.contains("acme &amp; &lt;co>"))
    }

    /// What recorded describes call `permissionable` false is what may not be in the file.
    @Test(.enabled(if: RecordedCases.folder != nil, "TIDEMARK_REFERENCE is not set"))
    func recordedDescribesAgree() throws {
        let folder = (RecordedCases.folder ?? "") + "/reference/salesforce-fixtures/describe/"
        for name in ["contact_cumulusci", "lead_cumulusci", "account_swiftly_v5x"] {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + name + ".json"))
            let json = try JSONSerialization.jsonObject(with: bytes) as? [String: Any]
            let object = try #require(json?["name"] as? String)
            for field in json?["fields"] as? [[String: Any]] ?? [] {
                guard let name = field["name"] as? String, field["createable"] as? Bool == true,
                    let isPermissionable = field["permissionable"] as? Bool
                else { continue }
                // Person accounts have names of people; other accounts have no such fields.
                #expect(
                    PermissionSet.isPermissionable(name, of: object) == isPermissionable,
                    "\(object).\(name)")
            }
        }
    }
}

@Suite struct RightsCheckTests {
    private func warnings(_ objects: [String: UserRights.ObjectRights]?, _ system: Set<String>?)
        throws -> [String]
    {
        let configuration = try PermissionSetTests.configuration(PermissionSetTests.contacts)
        return RightsCheck(
            configuration, yaml: "", rights: UserRights(objects: objects, system: system)
        ).warnings.map(\.message)
    }

    private func rights(
        _ change: (inout UserRights.ObjectRights) -> Void = { _ in }
    ) -> UserRights.ObjectRights {
        var rights = UserRights.ObjectRights()
        rights.isReadable = true
        rights.isCreateable = true
        rights.isEditable = true
        rights.seesAllRecords = true
        change(&rights)
        return rights
    }

    @Test func exactlyWhatIsNeededIsNoWarning() throws {
        var account = UserRights.ObjectRights()
        account.isReadable = true
        account.seesAllRecords = true
        #expect(try warnings(["Contact": rights(), "Account": account], []) == [])
    }

    @Test func missingSightIsTold() throws {
        for objects in [[:], ["Contact": rights { $0.seesAllRecords = false }]] {
            let blind = try warnings(objects, [])
            #expect(blind.count == 2, "\(blind)")
            #expect(blind.contains { $0.contains("lacks View All Records on Contact") })
            #expect(blind.contains { $0.contains("lacks View All Records on Account") })
        }
        let unknown = try warnings(nil, nil)
        #expect(unknown.count == 2 && unknown[0].contains("could not be told"))
    }

    @Test func sightOfAllDataIsEnoughAndTooMuch() throws {
        let shown = try warnings([:], ["View All Data"])
        #expect(
            shown == ["this user has more rights than needed over the whole org: View All Data"])
    }

    @Test func needlessRightsAreNamed() throws {
        let shown = try warnings(
            [
                "Contact": rights {
                    $0.isDeletable = true
                    $0.changesAllRecords = true
                },
                "Account": rights {
                    $0.isCreateable = false
                    $0.isEditable = false
                }, "Opportunity": rights(),
            ], [])
        #expect(
            shown == [
                "this user has more rights than needed on Contact: Delete, Modify All Records",
                "this user has more rights than needed on objects that no action uses: Opportunity",
            ])
    }
}

@Suite struct EarlierConnectionTests {
    private func read(_ text: String) throws -> EarlierConnection {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("earlier-\(UUID().uuidString)")
        try Data(text.utf8).write(to: path)
        defer {
            // The system clears temporary folders that are left behind.
            try? FileManager.default.removeItem(at: path)
        }
        return try EarlierConnection.read(path: path.path)
    }

    @Test(arguments: [
        #"{"settings":{"username":"a@b.co","auth_password":"p","security_token":"t"}}"#,
        "destination:\n  userName: a@b.co\n  password: p\n",
        "export SF_USERNAME='a@b.co'\nSF_PASSWORD=p\n# a remark\n",
        "SALESFORCE_USERNAME=a@b.co\nSALESFORCE_SECURITY_TOKEN=x\n",
    ])
    func formsOfOtherToolsAreRead(text: String) throws {
        let connection = try read(text)
        #expect(connection.username == "a@b.co")
        #expect(connection.hasPassword && !connection.hasConsumerKey)
    }

    @Test func anAppOfBeforeIsNoticed() throws {
        let connection = try read("SF_CLIENT_ID=x\nSF_ORG_ID=00Dx0000000BV7z\n")
        #expect(connection.organization == "00Dx0000000BV7z" && connection.hasConsumerKey)
        #expect(!connection.hasPassword)
    }

    @Test(arguments: ["", "password: p", "- 1", "{", "nothing at all"])
    func aFileThatNamesNobodyIsRefusedWithoutBeingShown(text: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try read(text) }
        #expect(error.description.contains("no Salesforce username"))
    }
}

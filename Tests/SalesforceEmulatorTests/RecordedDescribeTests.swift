import Testing

@testable import SalesforceEmulator

/// Our describes against recorded ones, field by field.
@Suite(.enabled(if: Recordings.areAvailable, "set TIDEMARK_REFERENCE to hold against recordings"))
struct RecordedDescribeTests {
    /// What the rules depend on. Labels, picklist values and the like differ from org to org.
    static let compared = [
        "type", "length", "byteLength", "precision", "scale", "digits", "soapType", "createable",
        "updateable", "nillable", "defaultedOnCreate", "filterable", "sortable", "idLookup",
        "externalId", "unique", "caseSensitive", "nameField", "autoNumber", "calculated",
        "relationshipName", "compoundFieldName", "restrictedPicklist", "referenceTo", "groupable",
        "extraTypeInfo", "label", "custom", "encrypted", "htmlFormatted", "namePointing",
    ]

    @Test(arguments: ["Account", "Contact", "Lead", "Opportunity", "Case"])
    func standardFieldsAreDescribedAsRecorded(name: String) throws {
        let recorded = try Recordings.json("describe/\(name.lowercased())_cumulusci.json")
        let object = try #require(Schema.standard.object(name))
        let theirs = recorded["fields"]?.array ?? []
        var comparedCount = 0
        for field in object.fields where !field.isCustom {
            let ours = DescribeDocument.field(field)
            let wanted = try #require(
                theirs.first { $0["name"] == .string(field.name) }, "\(field.name) not recorded")
            // Case.Comments is the one standard field whose length counts bytes, and the one
            // that sorts without being filterable; the emulator does neither.
            let isOdd = field.name == "Comments"
            for key in Self.compared where !(isOdd && ["byteLength", "sortable"].contains(key)) {
                comparedCount += 1
                #expect(ours[key] == wanted[key], "\(name).\(field.name) \(key)")
            }
        }
        #expect(comparedCount > 700)
        #expect(recorded["keyPrefix"] == .string(object.keyPrefix))
    }

    @Test func describesCarryTheRecordedMembers() throws {
        let recorded = try Recordings.json("describe/contact_cumulusci.json")
        let ours = DescribeDocument.describe(
            .contact, fields: ObjectSchema.contact.fields, version: "v66.0")
        let field = try #require(ours["fields"]?[0]?.members?.map(\.name))
        let theirs = try #require(recorded["fields"]?[0]?.members?.map(\.name))
        #expect(Set(field) == Set(theirs))
        let top = Set(recorded.members?.map(\.name) ?? [])
        #expect(top.isSuperset(of: ours.members?.map(\.name) ?? []))
    }

    @Test func theGlobalDescribeCarriesTheRecordedMembers() throws {
        let recorded = try Recordings.json("describe/global_cumulusci.json")
        let contact = try #require(
            recorded["sobjects"]?.array?.first { $0["name"] == "Contact" })
        let ours = DescribeDocument.summary(.contact, version: "v52.0")
        for member in ours.members ?? [] where member.name != "urls" {
            #expect(contact[member.name] == member.value, "\(member.name)")
        }
    }
}

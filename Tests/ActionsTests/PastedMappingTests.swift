import Records
import Testing

@testable import Actions

/// Mappings as the reference products export them.
@Suite struct PastedMappingTests {
    private static func yaml(_ fields: String, beside: String = "") -> String {
        """
        actions:
          - name: A
            object: Contact
            trigger: type = "identify"
            operation: upsert
            matchers: { Email: $.traits.email }
            fields: \(fields)
            \(beside)
        """
    }

    private static func fields(
        _ fields: String, beside: String = "", of json: String
    ) throws -> [String: FieldValue] {
        let action = try #require(try actions(yaml(fields, beside: beside)).first)
        let event = event(json)
        return Dictionary(
            uniqueKeysWithValues: action.fields.compactMap { field in
                field.mapping.value(for: event).map { (field.field, $0) }
            })
    }

    @Test(arguments: [
        (#"{"LastName":"$.traits.l","customFields":{"Plan__c":{"@path":"$.traits.p"}}}"#, ""),
        (#"{"LastName":"$.traits.l"}"#, #"customFields: {"Plan__c":{"@path":"$.traits.p"}}"#),
        (#"{"customFields":{"Plan__c":"$.traits.p","LastName":"$.traits.l"}}"#, "customFields:"),
    ])
    func customFieldsAreFields(_ fields: String, _ beside: String) throws {
        #expect(
            try Self.fields(
                fields, beside: beside,
                of: #"{"type":"identify","traits":{"l":"Byron","p":"pro"}}"#)
                == ["LastName": .text("Byron"), "Plan__c": .text("pro")])
    }

    private static let flat =
        #"{"x":{"@flatten":{"value":{"@path":"$.traits"},"separator":"_"}}}"#
    private static let wrapper = #""__segment_internal_directive":{"@transform":{"apply":"#
    private static let both = #""LastName":{"@path":"$.x.name_last"},"FirstName":"#

    @Test(arguments: [
        "{\(wrapper)\(flat)}}, \(both){\"value\":\"$.x.name_first\"}}",
        "{\(wrapper)\(flat),\"mapping\":{\(both)\"$.x.name_first\"}}}}",
        "{\(wrapper){\"@merge\":{\"direction\":\"right\",\"objects\":[{\"@path\":\"$.\"},"
            + "\(flat)]}}}}, "
            + #""LastName":"$.traits.name.last","customFields":{"FirstName":"$.x.name_first"}}"#,
    ])
    func aDirectiveRoundAllFieldsIsPutRoundEach(_ fields: String) throws {
        #expect(
            try Self.fields(
                fields,
                of: #"{"type":"identify","traits":{"name":{"first":"Ada","last":"Byron"}}}"#)
                == ["LastName": .text("Byron"), "FirstName": .text("Ada")])
    }

    @Test(arguments: [
        (#"{"LastName":"x","customFields":{"@path":"$.traits"}}"#, "", 7, 44, "list each one"),
        (#"{"LastName":"x"}"#, #"customFields: $.traits.custom"#, 8, 19, "list each one"),
        (#"{"LastName":"x","customFields":["Plan__c"]}"#, "", 7, 44, "takes a group of fields"),
        (#"{"LastName":"x"}"#, "customFields: { lastname: y }", 8, 21, "twice"),
        (
            #"{"__segment_internal_directive":{"@merge":{}},"LastName":"x"}"#, "", 7, 14,
            "write the directive in each field"
        ),
        (
            "{\(wrapper){\"x\":\"$.traits\"}}},\"A\":\"$.y\"}", "", 7, 91, "makes no \"y\""
        ),
        (
            #"{"__segment_internal_directive":{"@transform":{"apply":{},"mapping":"$.traits"}},"A":"x"}"#,
            "", 7, 81, "list each field"
        ),
    ])
    func whatOnlyAnEventCouldTellIsRefusedWithItsPlace(
        _ fields: String, _ beside: String, _ line: Int, _ column: Int, _ message: String
    ) {
        do throws(ConfigurationError) {
            _ = try actions(Self.yaml(fields, beside: beside))
            Issue.record("it was taken")
        } catch {
            let problem = error.problems.first
            #expect(problem?.message.contains(message) == true, "\(error)")
            #expect(problem?.line == line && problem?.column == column, "\(error)")
        }
    }
}

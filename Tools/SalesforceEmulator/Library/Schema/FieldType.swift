/// Field types of describe that the emulator keeps (REST API Developer Guide, "sObject Describe").
package enum FieldType: String, Sendable, Hashable {
    case id, string, textarea, picklist, multipicklist, reference, boolean, int, double, currency
    case percent, date, datetime, time, email, phone, url, address, combobox
    case encryptedString = "encryptedstring"

    /// The XML schema name that describe gives for the type.
    var soapType: String {
        switch self {
        case .id, .reference: "tns:ID"
        case .boolean: "xsd:boolean"
        case .int: "xsd:int"
        case .double, .currency, .percent: "xsd:double"
        case .date: "xsd:date"
        case .datetime: "xsd:dateTime"
        case .time: "xsd:time"
        case .address: "urn:address"
        default: "xsd:string"
        }
    }

    var isText: Bool {
        switch self {
        case .string, .textarea, .picklist, .multipicklist, .email, .phone, .url, .combobox,
            .encryptedString:
            true
        default: false
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .double, .currency, .percent: true
        default: false
        }
    }
}

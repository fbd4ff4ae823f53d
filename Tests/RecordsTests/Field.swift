import Records

/// Fields as describe has them.
enum Field {
    static let text = FieldDescription(name: "Title", type: .string, length: 10)
    static let area = FieldDescription(name: "Street", type: .textarea, length: 255)
    static let rich = FieldDescription(
        name: "Notes__c", type: .textarea, length: 32_768, isHTMLFormatted: true)
    static let email = FieldDescription(name: "Email", type: .email, length: 80)
    static let phone = FieldDescription(name: "Phone", type: .phone, length: 40)
    static let username = FieldDescription(name: "Username", type: .string, length: 80)
    static let whole = FieldDescription(name: "NumberOfEmployees", type: .int, digits: 8)
    static let plainInt = FieldDescription(name: "Count__c", type: .int)
    static let long = FieldDescription(name: "Long__c", type: .long)
    static let score = FieldDescription(name: "Score__c", type: .double, precision: 6, scale: 2)
    static let amount = FieldDescription(
        name: "Amount", type: .currency, precision: 18, scale: 2)
    static let big = FieldDescription(name: "Big__c", type: .double, precision: 18, scale: 0)
    static let unsaid = FieldDescription(name: "Odd__c", type: .double)
    static let flag = FieldDescription(name: "Active__c", type: .boolean, isNillable: false)
    static let date = FieldDescription(name: "Birthdate", type: .date)
    static let datetime = FieldDescription(name: "Seen__c", type: .datetime)
    static let time = FieldDescription(name: "Opens__c", type: .time)
    static let choices = FieldDescription(
        name: "Services__c", type: .multipicklist, length: 4099,
        picklistValues: ["Pay", "Charge", "Repair"])
    static let plan = FieldDescription(
        name: "Plan__c", type: .picklist, length: 255, picklistValues: ["Free", "Pro"])
    static let account = FieldDescription(
        name: "AccountId", type: .reference, length: 18, referenceTo: ["Account"])
    static let secret = FieldDescription(name: "SSN__c", type: .encryptedString, length: 20)
    static let address = FieldDescription(name: "MailingAddress", type: .address)
    static let code = FieldDescription(
        name: "Code__c", type: .string, length: 20, isExternalID: true, isUnique: true,
        isCaseSensitive: true)

    static let all = [
        text, area, rich, email, phone, username, whole, plainInt, long, score, amount, big, unsaid,
        flag, date,
        datetime, time, choices, plan, account, secret, address, code,
    ]
}

func number(_ text: String) -> FieldValue { DecimalNumber(text).map(FieldValue.number) ?? .null }

func texts(_ values: String...) -> FieldValue { .list(values.map(FieldValue.text)) }

/// What is sent for a value; `nil` when the field refuses it.
func sent(_ field: FieldDescription, _ value: FieldValue) -> FieldValue? {
    do throws(CoercionError) {
        return try field.coerce(value)
    } catch {
        return nil
    }
}

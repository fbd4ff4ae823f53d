/// Text as SOQL `=` compares it: case-folded unless the field is case-sensitive, by code point.
///
/// Swift's own `String ==` treats composed and decomposed letters as equal; Salesforce is not
/// known to normalise, so two spellings of "é" must stay two values. Hence the byte comparison.
struct FoldedText: Hashable, Sendable {
    let text: String

    init(_ text: String, caseSensitive: Bool = false) {
        self.text = caseSensitive ? text : text.lowercased()
    }

    static func == (left: FoldedText, right: FoldedText) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

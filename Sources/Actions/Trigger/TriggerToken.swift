import Events
import Records

/// One word of a trigger, with where it begins.
struct TriggerToken: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// A name or path: `type`, `traits.plan`, `properties.items[0].price`. `name` is the text
        /// as written; keywords and function names arrive here too.
        case path(name: String, JSONPath)
        case text(String)
        case number(DecimalNumber)
        case comparison(NumberRelation)
        case not
        case open
        case close
        case openList
        case closeList
        case comma
        case end
    }

    let kind: Kind
    /// Index of its first character.
    let start: Int

    /// How the token is named in a message. Literals are the user's own configuration, not event
    /// values, so they may be shown.
    var name: String {
        switch kind {
        case .path(let name, _): "\"\(name)\""
        case .text: "a text"
        case .number(let number): "\(number)"
        case .comparison(let relation): "\"\(relation.rawValue)\""
        case .not: "\"!\""
        case .open: "\"(\""
        case .close: "\")\""
        case .openList: "\"[\""
        case .closeList: "\"]\""
        case .comma: "\",\""
        case .end: "the end"
        }
    }

    /// Whether this is the bare word, as keywords are.
    func isWord(_ word: String) -> Bool {
        if case .path(word, _) = kind { return true }
        return false
    }
}

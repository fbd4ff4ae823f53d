/// The directives of the mapping kit that Segment and Customer.io share, by the names under which
/// they stand in a mapping.
enum Directive: String, Sendable, CaseIterable {
    case path = "@path"
    case template = "@template"
    case literal = "@literal"
    case condition = "@if"
    case letterCase = "@case"
    case arrayPath = "@arrayPath"
    case replace = "@replace"
    case merge = "@merge"
    case transform = "@transform"
    case flatten = "@flatten"
    case json = "@json"
    case excludeWhenNull = "@excludeWhenNull"
    case liquid = "@liquid"
}

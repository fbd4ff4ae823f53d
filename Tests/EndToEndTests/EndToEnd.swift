import Testing

/// The built programs as a person, a source and Salesforce see them. One after the other: each
/// starts processes of its own, and several at a time would only make all of them late.
@Suite(.serialized, .timeLimit(.minutes(3))) enum EndToEnd {}

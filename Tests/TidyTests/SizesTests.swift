import Testing

@Suite struct SizesTests {
    @Test func filesFunctionsAndLinesAreShort() throws {
        let sources = try Checkout.sources(in: ["Package.swift", "Sources", "Tools", "Tests"])
        #expect(sources.count > 30)
        expectNone(sources.flatMap(Sizes.problems))
    }

    @Test func mostFilesAndFunctionsAreSmall() throws {
        expectNone(Sizes.problemsOfSpread(try Checkout.sources(in: ["Sources", "Tools"])))
    }

    // MARK: - The checkers, on planted input

    static func source(_ text: String) -> SwiftSource {
        SwiftSource(path: "Sample.swift", text: text)
    }

    @Test func bodiesAreMeasuredWhateverTheirStringsAndCommentsSay() {
        let text = #"""
            protocol P {
                func bodiless() -> Int
                var read: Int { get }
                init()
            }
            struct S {
                var stored = [1].map { $0 }
                func short() -> String { "}" }
                // func commented() {
                static func < (left: S, right: S) -> Bool {
                    // }
                    let text = """
                        }
                        """
                    return "\(text.map { "\($0)}" })".isEmpty
                }
                init(closure: () -> Void = {}) where Bool: Equatable {
                    self.init()
                }
            }
            """#
        #expect(
            Sizes.declarations(in: Self.source(text)) == [
                .init(name: "read", line: 3, lineCount: 1, isProperty: true),
                .init(name: "short", line: 8, lineCount: 1, isProperty: false),
                .init(name: "<", line: 10, lineCount: 7, isProperty: false),
                .init(name: "init", line: 17, lineCount: 3, isProperty: false),
            ])
    }

    @Test func theLongestAllowedPassesAndOneMoreIsFound() {
        func function(_ lines: Int) -> SwiftSource {
            Self.source("func f() {\n" + String(repeating: "a()\n", count: lines - 2) + "}\n")
        }
        #expect(Sizes.problems(in: function(70)) == [])
        #expect(Sizes.problems(in: function(71)) == ["Sample.swift:1: f has 71 lines, at most 70"])
        #expect(Sizes.problems(in: Self.source(String(repeating: "\n", count: 500))) == [])
        #expect(Sizes.problems(in: Self.source(String(repeating: "\n", count: 501))).count == 1)
        #expect(Sizes.problems(in: Self.source(String(repeating: "é", count: 100))) == [])
        #expect(Sizes.problems(in: Self.source(String(repeating: "é", count: 101))).count == 1)
    }

    @Test func onlyTheLiteralsOfTestsMayBeWide() {
        let wide = String(repeating: "x", count: 100)
        let texts = ["let a = \"\(wide)\",", "// \(wide)", "let a = \(wide)"]
        func problems(_ path: String) -> [Int] {
            texts.map { Sizes.problems(in: SwiftSource(path: path, text: $0)).count }
        }
        #expect(problems("Tests/EventsTests/SampleTests.swift") == [0, 1, 1])
        #expect(problems("Sources/Events/Sample.swift") == [1, 1, 1])
    }

    @Test func spreadsBeyondTheBoundsAreFound() {
        func file(_ lines: Int) -> SwiftSource {
            Self.source(String(repeating: "\n", count: lines))
        }
        let small = Array(repeating: file(150), count: 9)
        #expect(Sizes.problemsOfSpread(small + [file(400)]) == [])
        #expect(
            Sizes.problemsOfSpread(small + [file(400), file(400)])
                == ["ninetieth file of a hundred: 400 lines, at most 350"])
        #expect(
            Sizes.problemsOfSpread([file(151)]) == ["median file: 151 lines, at most 150"])
        let long = Self.source("func f() {" + String(repeating: "\n", count: 35) + "}")
        #expect(
            Sizes.problemsOfSpread([long])
                == ["ninetieth function of a hundred: 36 lines, at most 35"])
    }

    @Test func percentilesAreNearestRank() {
        #expect(Sizes.percentile(0.9, of: Array(1...10)) == 9)
        #expect(Sizes.percentile(0.5, of: [3, 1, 2]) == 2)
        #expect(Sizes.percentile(0.5, of: []) == 0)
    }
}

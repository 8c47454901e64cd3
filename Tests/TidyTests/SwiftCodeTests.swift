import Testing

@Suite struct SwiftCodeTests {
    @Test("comments and strings are no code, interpolations are, and every line stays where it is")
    func stripping() {
        let text = ##"""
            let a = "TODO" // TODO
            /* as! /* nested */ as! */ let b = 1
            let c = "\(d as! E) try! \"" + #"\(no) " code"#
            let e = """
                try! \(f)
                """
            """##
        let lines = SwiftCode.of(text).split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.split(separator: " ").joined(separator: " ")
        }
        let code = [
            ##"let a = " ""##, "let b = 1", ##"let c = " (d as! E) " + #" "#"##,
            ##"let e = """"##, "(f)", ##"""""##,
        ]
        #expect(lines == code)
    }
}

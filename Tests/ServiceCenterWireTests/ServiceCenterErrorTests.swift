import ServiceCenterWire
import TestSupport
import Testing

@Suite("A refusal in service-center's terms")
struct ServiceCenterErrorTests {
    @Test("has the recorded body and status, to the byte", .enabled(if: Recordings.areThere, "reads ../shared"))
    func recordedBodies() throws {
        var codes: Set<ServiceCenterError.Code> = []
        for file in ["0-setup", "1-reads-sc-1", "2-reads-sc-2", "3-reads-aggregator", "4-watch-steps", "5-writes-sc-1"]
        {
            for exchange in try Recordings.exchanges(file + ".json") {
                let body = Array(exchange.response.body.utf8)
                guard let recorded = JSONValue(foundation: body), let number = recorded["errorCode"]?.text else {
                    continue
                }
                let code = try #require(Int(number).flatMap(ServiceCenterError.Code.init(rawValue:)), "\(number)")
                let error = ServiceCenterError(code, recorded["detail"]?.text ?? "")
                #expect(error.body == body, "\(exchange.label)")
                #expect(code.status == exchange.response.status)
                codes.insert(code)
            }
        }
        #expect(
            codes.isSuperset(of: [
                .invalidParameters, .microserviceExists, .microserviceUnknown, .hasInstances, .schemaUnknown,
                .instanceUnknown, .forbidden,
            ]))
    }

    @Test("has its status as the first digits of its code", arguments: ServiceCenterError.Code.allCases)
    func status(code: ServiceCenterError.Code) {
        #expect("\(code.rawValue)".hasPrefix("\(code.status)"))
        #expect((400...599).contains(code.status))
        #expect(!code.message.isEmpty)
    }

    @Test("escapes its detail")
    func escapes() {
        let body = ServiceCenterError(.forbidden, "a \"b\"\n").body
        #expect(JSONValue(foundation: body)?["detail"] == .string("a \"b\"\n"))
        #expect(body.last == UInt8(ascii: "\n"))
    }
}

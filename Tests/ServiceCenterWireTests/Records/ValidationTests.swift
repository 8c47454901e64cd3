import ServiceCenterWire
import Testing

/// Rules, their order and their words: service-center's `microservice_validator.go` and `instance_validator.go`.
@Suite("The body of a registration")
struct ValidationTests {
    private static let version = "the form x[.y[.z]] where x y and z are 0-32767 range"

    @Test(
        "of a microservice is refused for its first field that is wrong",
        arguments: [
            (#""level":"TOP","version":"x""#, "MicroService.Version", "x", "{Max: 64, Regexp: \(version)}"),
            (#""level":"TOP","schemas":["-"]"#, "MicroService.Level", "TOP", "{Regexp: ^(FRONT|MIDDLE|BACK)$}"),
            (
                #""schemas":["a","a/b"],"status":"x""#, "MicroService.Schemas", "a/b",
                #"{Max: 100, Regexp: ^[a-zA-Z0-9]{1,160}$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]{0,158}[a-zA-Z0-9]$}"#
            ),
            (
                #""paths":[{"path":"/a"},{"path":"a b"}],"status":"x""#, "ServicePath.Path", "a b",
                #"{Regexp: ^[A-Za-z0-9.,?'\\/+&amp;%$#=~_\-@{}]*$}"#
            ),
            (#""status":"STARTING","alias":"é""#, "MicroService.Status", "STARTING", "{Regexp: ^(UP|DOWN)?$}"),
            (
                #""alias":"a b","environment":"x""#, "MicroService.Alias", "a b",
                #"{Max: 128, Regexp: ^[a-zA-Z0-9_\-.:]*$}"#
            ),
            (
                #""environment":"x","registerBy":"y""#, "MicroService.Environment", "x",
                "{Regexp: ^(development|testing|acceptance|production)*$}"
            ),
            (
                #""registerBy":"me","framework":{"name":"-"}"#, "MicroService.RegisterBy", "me",
                "{Max: 64, Regexp: ^(SDK|SIDECAR|PLATFORM)*$}"
            ),
            (
                #""framework":{"name":"-","version":"1"}"#, "FrameWorkProperty.Name", "-",
                #"{Max: 64, Regexp: ^[a-zA-Z0-9]*$|^[a-zA-Z0-9][a-zA-Z0-9_\-.]*[a-zA-Z0-9]$}"#
            ),
        ])
    func microservice(members: String, field: String, value: String, rule: String) throws {
        let body = #"{"service":{"serviceName":"a",\#(members)}}"#
        var record = try MicroserviceRecord(request: Array(body.utf8))
        record.applyDefaults()
        let error = #expect(throws: ServiceCenterError.self) { try record.validate() }
        #expect(error?.detail == "field '\(field)' invalid value '\(value)' does not match rule: \(rule)")
    }

    @Test("of a microservice that names too many schemas is refused")
    func manySchemas() throws {
        var record = MicroserviceRecord()
        (record.name, record.level) = ("a", "BACK")
        record.schemas = (1...100).map { "s\($0)" }
        #expect(throws: Never.self) { try record.validate() }
        record.schemas.append("s101")
        let error = #expect(throws: ServiceCenterError.self) { try record.validate() }
        #expect(error?.detail.hasPrefix("field 'MicroService.Schemas' invalid value '[s1 s2 ") == true)
    }

    @Test("of a microservice is kept with every member that service-center keeps, and with no other")
    func members() throws {
        let service = """
            {"serviceId":"i","appId":"a","serviceName":"n","version":"1","level":"BACK","paths":[{"path":"/p",\
            "property":{"k":"v"}}],"status":"UP","providers":[{"appId":"x"}],"alias":"b","LBStrategy":{"l":"m"},\
            "environment":"testing","registerBy":"SDK","framework":{"name":"f","version":"2"}}
            """
        let body = #"{"service":\#(service.dropLast()),"x":{"y":[1]}}}"#
        let record = try MicroserviceRecord(request: Array(body.utf8))
        #expect(throws: Never.self) { try record.validate() }
        #expect(String(decoding: record.body, as: UTF8.self) == service)
    }

    @Test(
        "of an instance is refused for its first field that is wrong",
        arguments: [
            (#""instanceId":"a b""#, "MicroServiceInstance.InstanceId", "a b", "{Max: 64, Regexp: ^[A-Za-z0-9_.-]*$}"),
            (#""endpoints":["x"," "],"status":"x""#, "MicroServiceInstance.Endpoints", " ", #"{Regexp: \S+}"#),
            (#""healthCheck":{},"dataCenterInfo":{}"#, "HealthCheck.Mode", "", "{Regexp: ^(push|pull)$}"),
            (#""healthCheck":{"mode":"pull","port":65536}"#, "HealthCheck.Port", "65536", "{Max: 65535}"),
            (#""healthCheck":{"mode":"pull"}"#, "HealthCheck.Interval", "0", "{Min: 1, Max: 2147483647}"),
            (
                #""healthCheck":{"mode":"push","interval":1,"times":-1,"url":"a b"}"#, "HealthCheck.Url", "a b",
                #"{Regexp: ^\S*$}"#
            ),
            (
                #""dataCenterInfo":{"name":"","region":"r"}"#, "DataCenterInfo.Name", "",
                "{Min: 1, Max: 128, Regexp: ^[A-Za-z0-9_.-]+$}"
            ),
            (
                #""dataCenterInfo":{"name":"n","region":"r"}"#, "DataCenterInfo.AvailableZone", "",
                "{Min: 1, Max: 128, Regexp: ^[A-Za-z0-9_.-]+$}"
            ),
        ])
    func instance(members: String, field: String, value: String, rule: String) throws {
        var record = try InstanceRecord(request: Array(#"{"instance":{"hostName":"h",\#(members)}}"#.utf8))
        record.serviceID = "s"
        let error = #expect(throws: ServiceCenterError.self) { try record.validate() }
        #expect(error?.detail == "field '\(field)' invalid value '\(value)' does not match rule: \(rule)")
    }

    @Test(
        "of an instance that is none is refused in few words",
        arguments: [
            ("{}", "field 'RegisterInstanceRequest.Instance' invalid value '<nil>' does not match rule: {Min: 1}"),
            ("null", "field 'RegisterInstanceRequest.Instance' invalid value '<nil>' does not match rule: {Min: 1}"),
            ("", "Unmarshal error"), ("{", "Unmarshal error"), (#"{"instance":{"hostName":1}}"#, "Unmarshal error"),
            (#"{"instance":{"healthCheck":{"interval":2147483648}}}"#, "Unmarshal error"),
        ])
    func noInstance(body: String, detail: String) {
        let error = #expect(throws: ServiceCenterError.self) { try InstanceRecord(request: Array(body.utf8)) }
        #expect(error == ServiceCenterError(.invalidParameters, detail))
    }

    @Test(
        "of an instance that leaves no time to live is refused",
        arguments: [
            (#""push","interval":5,"times":-1"#, false), (#""push","interval":2147483647,"times":2147483647"#, false),
            (#""push","interval":1073741824,"times":1"#, false), (#""push","interval":1,"times":0"#, true),
            (#""pull","interval":5,"times":-1"#, true),
        ])
    func lease(check: String, isTaken: Bool) throws {
        let body = #"{"instance":{"hostName":"h","healthCheck":{"mode":\#(check)}}}"#
        let record = try InstanceRecord(request: Array(body.utf8))
        let check = try #require(record.healthCheck)
        if isTaken {
            #expect(throws: Never.self) { try check.validateLease() }
        } else {
            let error = #expect(throws: ServiceCenterError.self) { try check.validateLease() }
            #expect(error?.detail == "Invalid 'healthCheck' settings in request body.")
        }
    }
}

/// A refusal in service-center's own terms: `{"errorCode":"400012","errorMessage":…,"detail":…}`, compact, the code a
/// string.
/// Rule: service-center `scerror`, and the recorded exchanges.
package struct ServiceCenterError: Error, Equatable, Sendable {
    package let code: Code
    /// What exactly was wrong.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The code on the wire; its first three digits are the HTTP status.
    package enum Code: Int, Sendable, CaseIterable {
        case invalidParameters = 400_001
        case microserviceExists = 400_010
        case microserviceUnknown = 400_012
        case hasInstances = 400_013
        case schemaUndefined = 400_014
        case schemaFixed = 400_015
        case schemaUnknown = 400_016
        case instanceUnknown = 400_017
        case tagUnknown = 400_018
        case rulesMixed = 400_020
        case ruleKindFixed = 400_021
        case ruleUnknown = 400_022
        case hasConsumers = 400_023
        case permissionDenied = 400_024
        case versionUnknown = 400_026
        case quotaExceeded = 400_100
        case forbidden = 403_001
        case overloaded = 429_001
        case internalError = 500_003
        case unavailable = 500_011

        package var status: Int { rawValue / 1_000 }

        package var message: String {
            switch self {
            case .invalidParameters: "Invalid parameter(s)"
            case .microserviceExists: "Micro-service already exists"
            case .microserviceUnknown: "Micro-service does not exist"
            case .hasInstances: "Micro-service has deployed instance(s)"
            case .schemaUndefined: "Undefined schema id"
            case .schemaFixed: "Not allowed to modify schema"
            case .schemaUnknown: "Schema does not exist"
            case .instanceUnknown: "Instance does not exist"
            case .tagUnknown: "Tag does not exist"
            case .rulesMixed: "Can not have both 'BLACK' and 'WHITE'"
            case .ruleKindFixed: "Not allowed to modify the type of the rule"
            case .ruleUnknown: "Rule does not exist"
            case .hasConsumers: "Consumer(s) depends on this micro-service"
            case .permissionDenied: "Access micro-service refused"
            case .versionUnknown: "Micro-service version does not exist"
            case .quotaExceeded: "Not enough quota"
            case .forbidden: "Forbidden"
            case .overloaded: "Too many requests"
            case .internalError: "Internal server error"
            case .unavailable: "Registry service is unavailable"
            }
        }
    }

    /// The body of the answer, with the line end that service-center sends.
    package var body: [UInt8] {
        var writer = JSONWriter(reserving: 160)
        writer.beginObject()
        writer.member("errorCode", "\(code.rawValue)")
        writer.member("errorMessage", code.message)
        writer.member("detail", detail)
        writer.endObject()
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

import ServiceCenterWire

/// Which service-center we speak like, and what we are.
package enum Version {
    /// The dialect: clients take it for the server's version.
    package static let dialect = Dialect.version
    /// Our own.
    package static let mainstem = "0.1.0"

    /// `GET /v4/:project/registry/version`
    @Sendable static func v4(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        let limits = services.limits.now
        return .json { writer in
            writer.beginObject()
            members(&writer, api: "4.0.0")
            writer.key("config")
            writer.beginObject()
            writer.member("maxHeaderBytes", limits.headerBytes)
            writer.member("maxBodyBytes", limits.bodyBytes)
            writer.member("limitConnections", limits.connections)
            writer.endObject()
            writer.endObject()
        }
    }

    /// `GET /version`
    @Sendable static func v3(_ request: Request, _ services: Services) throws(ServiceCenterError) -> Response {
        .json { writer in
            writer.beginObject()
            members(&writer, api: "3.0.0")
            writer.endObject()
        }
    }

    private static func members(_ writer: inout JSONWriter, api: String) {
        writer.member("version", dialect)
        writer.member("buildTag", "mainstem-\(mainstem)")
        writer.member("os", "linux")
        writer.member("apiVersion", api)
    }
}

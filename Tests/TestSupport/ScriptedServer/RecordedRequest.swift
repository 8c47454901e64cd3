/// A request as the scripted server received it.
package struct RecordedRequest: Sendable {
    package let method: String
    /// As it stood in the request line, query included.
    package let path: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// The connection that it came over; the server's first one is 1.
    package let connection: Int

    /// The first value of a header, its name in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

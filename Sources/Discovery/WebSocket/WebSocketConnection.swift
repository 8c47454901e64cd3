import NIOCore

/// A WebSocket that stands. It is to be read once, or closed.
package struct WebSocketConnection: Sendable {
    private let channel: any Channel
    private let texts: FrameInlet.Texts

    init(_ channel: any Channel, _ texts: FrameInlet.Texts) {
        self.channel = channel
        self.texts = texts
    }

    /// Calls `onText` with each text as it comes, until the connection has ended: throws why, or what `onText` throws.
    /// Closes it, whatever happens. The server waits while `onText` takes its time.
    package func read(_ onText: ([UInt8]) async throws -> Void) async throws {
        defer { close() }
        for try await text in texts { try await onText(text) }
        try Task.checkCancellation()
        throw WebSocketClient.Failure.ended(code: nil)
    }

    /// Ends it; who reads it hears of that.
    package func close() { channel.close(promise: nil) }
}

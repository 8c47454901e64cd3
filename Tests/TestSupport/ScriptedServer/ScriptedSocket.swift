internal import Discovery
import Locks
internal import NIOCore

/// The server's side of one WebSocket, to be given to one request: sends what a test says, and keeps what came.
package final class ScriptedSocket: Sendable {
    private struct State {
        var channel: (any Channel)?
        var unsent: [UInt8] = []
        var received: [UInt8] = []
        var opcodes: [UInt8] = []
        var isEnded = false
    }

    private let state = Mutex(State())
    private let answersPings: Bool

    package init(answersPings: Bool = true) { self.answersPings = answersPings }

    /// Whether the client has been told that it is open, and has not ended it.
    package var isOpen: Bool { state.withLock { $0.channel != nil && !$0.isEnded } }
    package var isEnded: Bool { state.withLock { $0.isEnded } }
    /// How many pings have come.
    package var pings: Int { state.withLock { $0.opcodes.count { $0 == 9 } } }

    /// Sends a text; before the socket is open, in one piece with the answer to the handshake.
    package func send(_ text: String) { send(bytes: ScriptedSocket.frame(1, Array(text.utf8))) }

    /// Sends bytes as they are.
    package func send(bytes: [UInt8]) {
        let channel = state.withLock { state in
            if state.channel == nil { state.unsent += bytes }
            return state.channel
        }
        channel?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Ends the connection without a goodbye.
    package func end() { state.withLock { $0.channel }?.close(promise: nil) }

    /// Answers the handshake.
    func open(_ request: RecordedRequest, _ channel: any Channel) {
        let key = WebSocketKey(text: request.header("Sec-WebSocket-Key") ?? "")
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(key.acceptance)\r\n\r\n"
        let unsent = state.withLock { state in
            state.channel = channel
            return state.unsent
        }
        channel.writeAndFlush(ByteBuffer(bytes: Array(head.utf8) + unsent), promise: nil)
    }

    /// Takes what the client sends.
    func take(_ bytes: some Sequence<UInt8>) {
        let opcodes = state.withLock { state in
            state.received += bytes
            var opcodes: [UInt8] = []
            while let opcode = ScriptedSocket.cut(&state.received) { opcodes.append(opcode) }
            state.opcodes += opcodes
            return opcodes
        }
        for opcode in opcodes {
            if opcode == 9, answersPings { send(bytes: ScriptedSocket.frame(10, [])) }
            if opcode == 8 { end() }
        }
    }

    func ended() { state.withLock { $0.isEnded = true } }

    /// Cuts one frame off, whose payload is short, as a client's are here; nil when it is not whole.
    private static func cut(_ bytes: inout [UInt8]) -> UInt8? {
        guard bytes.count >= 6 else { return nil }
        let length = 6 + Int(bytes[1] & 0x7F)
        guard bytes.count >= length else { return nil }
        defer { bytes.removeFirst(length) }
        return bytes[0] & 0x0F
    }

    private static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let count = payload.count
        let length: [UInt8] = count < 126 ? [UInt8(count)] : [126, UInt8(count >> 8), UInt8(count & 0xFF)]
        return [0x80 | opcode] + length + payload
    }
}

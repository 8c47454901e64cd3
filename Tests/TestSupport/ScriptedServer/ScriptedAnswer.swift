/// What the scripted server does with one request.
package enum ScriptedAnswer: Sendable {
    package typealias Headers = [(name: String, value: String)]

    /// A whole answer with its `Content-Length`; the connection stays open.
    case respond(status: Int = 200, headers: Headers = [], body: [UInt8] = [])
    /// A whole answer, one chunk a piece, each sent when the one before is out; the connection stays open.
    case chunked(status: Int = 200, headers: Headers = [], pieces: [[UInt8]])
    /// Nothing, for as long as the other side stays.
    case hang
    /// A head that announces more than this part of a body, then nothing.
    case headThenHang(status: Int = 200, headers: Headers = [], partOfBody: [UInt8] = [])
    /// A `Content-Length` of `announced`, this much shorter body, and the connection's orderly end.
    case truncated(status: Int = 200, headers: Headers = [], body: [UInt8], announced: Int)
    /// The connection's orderly end instead of an answer.
    case closeAtOnce
    /// The connection's reset instead of an answer.
    case reset
    /// Half of an answer, then the connection's reset.
    case resetAfter(status: Int = 200, headers: Headers = [], partOfBody: [UInt8])
    /// The same chunk for ever, as fast as the other side takes it.
    case endless(status: Int = 200, headers: Headers = [], piece: [UInt8])
    /// A whole answer whose body comes one byte an interval.
    case dribble(status: Int = 200, headers: Headers = [], body: [UInt8], every: Duration)
    /// These very bytes, head and all, and the connection's orderly end.
    case raw([UInt8])
    /// Another answer, but this much later.
    indirect case later(Duration, ScriptedAnswer)
    /// A WebSocket, which this drives from then on. A request that asks for none is answered with 400.
    case webSocket(ScriptedSocket)
}

/// What the demo tells its spectator to try.
enum DemoGuide {
    static func text(port: Int, quietAfter: Int?) -> String {
        let server = "http://127.0.0.1:\(port)"
        let find =
            "\(server)/v4/default/registry/instances?appId=shop&serviceName=cart&version=0%2B&options=cluster"
        let rest = quietAfter.map { "It rests after \($0) changes." } ?? "It never rests."
        return """
            Two registries, one view:

              north  http://127.0.0.1:\(port + 1)  ─┐
                                             ├─►  mainstem  \(server)
              south  http://127.0.0.1:\(port + 2)  ─┘

            A small shop lives partly in both and keeps changing. \(rest) Try, in another terminal:

              who offers the cart, in both regions:
                curl -s '\(find)'
              how the sources do:
                .build/release/mainstem sources --server \(server)
              what happens, as it happens, in words and as a stream:
                .build/release/mainstem watch --server \(server) --all
                curl -sN '\(server)/mainstem/v1/watch?microservice=cart'
              why it is so, and where the regions differ:
                .build/release/mainstem explain shop/cart/1.0.0 --server \(server)
                .build/release/mainstem diff north south --server \(server)
              the numbers, by source:
                curl -s \(server)/metrics | grep ^mainstem_source

            Changes as they are made (Ctrl-C ends):
            """
    }
}

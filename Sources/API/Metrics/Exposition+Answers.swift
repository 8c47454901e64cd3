extension Exposition {
    /// How answers came about, and what waits.
    mutating func answers(_ answers: AnswerCounters, _ load: LoadGauge) {
        family("mainstem_answers_total", .counter, "Answers of what may be kept, by how they came about.")
        for (origin, count) in [
            ("repeated", answers.repeated), ("reused", answers.reused), ("encoded", answers.encoded),
        ] {
            sample("mainstem_answers_total", [("origin", origin)], count)
        }
        family("mainstem_compressions_total", .counter, "Bodies that went through gzip.")
        sample("mainstem_compressions_total", [], answers.gzipped)
        family("mainstem_waiting_requests", .gauge, "Requests that wait for the home or another source.")
        sample("mainstem_waiting_requests", [], load.waitingRequests)
        family("mainstem_waiting_bytes", .gauge, "Bytes of answers that clients are slow to take.")
        sample("mainstem_waiting_bytes", [], load.waitingBytes)
    }
}

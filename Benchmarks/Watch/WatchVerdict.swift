/// Whether everything that was measured was also right.
final class WatchVerdict {
    var isGood = true
}

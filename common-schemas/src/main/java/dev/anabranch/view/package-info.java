/**
 * The algebra of views: what a view is, how the log is cut in two, and how the two parts are merged.
 *
 * <p>Everything here is a pure function of its arguments. It must not know of Kafka clients, Spark, HTTP, files or
 * clocks; both layers, the serving layer and the tests run this same code, and that is why their answers agree.
 *
 * <p>Start with {@link dev.anabranch.view.View} (what is declared), go on to {@link dev.anabranch.view.Cut} (which
 * layer an event belongs to), and end at {@link dev.anabranch.view.ViewReader} (what a query sees).
 */
package dev.anabranch.view;

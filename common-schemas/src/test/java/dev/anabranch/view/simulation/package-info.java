/**
 * The protocol played out in one thread on the real algebra: log, archiver, batch runs, speed instances with a
 * repartition and transactions, readers at their own pace. Every schedule of faults compares every answer with the
 * naive fold. A schedule is a list of actions, so a failing one can be made shorter until nothing more can be left out.
 */
package dev.anabranch.view.simulation;

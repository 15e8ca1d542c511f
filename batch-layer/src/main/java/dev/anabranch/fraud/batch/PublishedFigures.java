package dev.anabranch.fraud.batch;

import java.util.List;

/**
 * What the Fraud Detection Handbook (Le Borgne, Siblini, Lebichot, Bontempi, ULB, 2022) reports on its simulated data:
 * one week in chapter 3 (training from 2018-07-25, default parameters), the mean of four weeks in chapter 5 (tuned).
 *
 * @param model            as the book names it
 * @param auc              area under the ROC curve
 * @param averagePrecision average precision
 * @param cardPrecision    card precision@100
 */
record PublishedFigures(String model, double auc, double averagePrecision, double cardPrecision) {
    static final List<PublishedFigures> ONE_WEEK = List.of(
            new PublishedFigures("logistic regression", 0.871, 0.606, 0.291),
            new PublishedFigures("random forest", 0.867, 0.658, 0.287),
            new PublishedFigures("XGBoost", 0.862, 0.639, 0.273));

    static final List<PublishedFigures> FOUR_WEEKS = List.of(
            new PublishedFigures("logistic regression", 0.868, 0.623, 0.297),
            new PublishedFigures("random forest", 0.870, 0.678, 0.299),
            new PublishedFigures("XGBoost", 0.869, 0.687, 0.303));
}

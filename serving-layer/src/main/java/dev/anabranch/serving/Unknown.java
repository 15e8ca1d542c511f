package dev.anabranch.serving;

import java.util.List;

/** The request names something that is not declared. Answered 404, with what is. */
public final class Unknown extends RuntimeException {
    private final transient List<String> known;

    /**
     * @param kind  what it is: {@code view}
     * @param name  the name that was given
     * @param known the names that would have been found
     */
    public Unknown(String kind, String name, List<String> known) {
        super("There is no " + kind + " '" + name + "'; there are " + known, null, false, false); // no stack trace
        this.known = List.copyOf(known);
    }

    public List<String> known() {
        return known;
    }
}

package dev.anabranch.usecase;

import dev.anabranch.event.EventType;
import dev.anabranch.view.View;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The use cases on the class path. */
public final class UseCases {
    private static final List<UseCase> ALL = ServiceLoader.load(UseCase.class, UseCases.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();

    private static final List<View<?>> VIEWS =
            ALL.stream().<View<?>>flatMap(u -> u.views().stream()).toList();

    private UseCases() {}

    public static List<UseCase> all() {
        return ALL;
    }

    public static Optional<UseCase> named(String name) {
        return ALL.stream().filter(u -> u.name().equals(name)).findFirst();
    }

    public static List<View<?>> views() {
        return VIEWS;
    }

    public static Optional<View<?>> view(String name) {
        return views().stream().filter(v -> v.name().equals(name)).findFirst();
    }

    public static List<EventType<?>> events() {
        return ALL.stream().<EventType<?>>flatMap(u -> u.events().stream()).toList();
    }

    public static Optional<EventType<?>> event(String name) {
        return events().stream().filter(e -> e.name().equals(name)).findFirst();
    }
}

"""The steps of restated.py through a checkout of the authors' own code (github.com/ryoungj/ObsScaling):
its utils are imported and called as its notebooks call them, on our tables."""

import contextlib
import importlib
import io
import pathlib
import sys

import numpy as np


class Unusable(Exception):
    """Why a checkout cannot be measured, in one sentence."""


def load(path):
    """(forecast, subset_objective) with the signatures of restated.py. Raises Unusable."""
    folder = pathlib.Path(path).expanduser()
    if not (folder / "utils/data.py").is_file():
        raise Unusable(f"{path} is no checkout of ObsScaling: it has no utils/data.py")
    sys.path.insert(0, str(folder))
    try:
        pandas = importlib.import_module("pandas")
        data = importlib.import_module("utils.data")
        selection = importlib.import_module("utils.selection")
        return forecasts(pandas, data), choices(pandas, selection)
    except (ImportError, SyntaxError) as error:
        raise Unusable(f"{path} cannot be imported: {error}") from error
    except AttributeError as error:
        raise Unusable(f"{path} lacks a function that this version calls: {error}") from error
    finally:
        sys.path.remove(str(folder))


def forecasts(pandas, data):
    preprocess, fit = data.pca_preprocess_data, data.fit_multivariate_regression_model

    def frames(predictor, B, t, flops, size, train, test):
        columns = [f"b{j}" for j in range(B.shape[1])]
        frame = pandas.DataFrame(B, columns=columns)
        frame["y"], frame["flops"], frame["size"] = t, np.log(flops + 1e-9), np.log(size + 1e-9)
        sides = frame.iloc[train], frame.iloc[test]
        if not predictor.startswith("pc"):
            return [side.dropna(subset=[predictor]) for side in sides], [predictor]
        *sides, _ = preprocess(
            *sides, apply_imputation=True, imputation_metrics=columns,
            imputation_kwargs={"n_components": 1, "boundary": [0.0, 1.0], "verbose": False},
            apply_pca=True, pca_metrics=columns, pca_kwargs={"n_components": 5})
        return sides, [f"PC-{c + 1}" for c in range(int(predictor[2:]))]

    def forecast(predictor, B, t, flops, size, train, test, floor=False):
        (train_side, test_side), names = frames(predictor, B, t, flops, size, train, test)
        fitted = fit(train_side, names, "y",
                     nonlinearity="sigmoid-parametric" if floor else "sigmoid",
                     reg_method="robust", reg_kwargs={"delta": 1.0})["fit_func"]
        return tuple(float(np.mean((fitted(side[names]) - side["y"]) ** 2))
                     for side in (train_side, test_side))

    return forecast


def choices(pandas, selection):
    compute = selection.compute_object_val

    def subset_objective(by_family, chosen):
        families = list(by_family)
        frame = pandas.DataFrame(np.vstack(list(by_family.values())),
                                 columns=["PC-1", "PC-2", "PC-3"])
        frame["Model Family"] = [f for f, scores in by_family.items() for _ in scores]
        with contextlib.redirect_stdout(io.StringIO()):
            return compute(frame, [families.index(f) for f in chosen], families, 3)[2]

    return subset_objective

"""Batches of windows that are arrays already, or of whole sequences that are not."""

from collections.abc import Mapping

from vpd_mm.registry import MODELS

from .sequence_data_preprocessor import SequenceDataPreprocessor


@MODELS.register_module()
class WindowDataPreprocessor(SequenceDataPreprocessor):
    """Pass on batches drawn at once, to the model's device; pad lists of sequences."""

    def forward(self, data: dict, training: bool = False) -> dict:
        """Prepare a batch.

        Args:
            data (dict): ``inputs``, a dict of tensors which is kept, or B tensors (V, T_i, D); and
                ``data_samples``, if any.
            training (bool): Not used.

        Returns:
            dict: ``inputs``, a dict with ``sequence`` (B, V, T, D) and ``length`` (B,);
            ``data_samples``.
        """
        if isinstance(data['inputs'], Mapping):
            return self.cast_data(data)
        return super().forward(data, training)

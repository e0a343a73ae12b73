"""Every file that other tools wrote is read as its README states, or refused by its kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import data_folder

from runmech import _core

Data = Callable[[str], Path]

Y_UP = {"up": "+y", "forward": "+x"}
Z_UP = {"up": "+z", "forward": "+x"}


def axis(word: str) -> np.ndarray:
    return np.eye(3)["xyz".index(word[1])] * (-1.0 if word[0] == "-" else 1.0)


def in_file_axes(point: np.ndarray, options: dict[str, Any]) -> np.ndarray:
    """A point of a recording in the axes of its file."""
    up, forward = axis(options.get("up", "+y")), axis(options.get("forward", "+x"))
    return np.stack([forward, up, np.cross(forward, up)]).T @ point


# fmt: off
# file: options, frames, points or None, {(label, row): metres}, (first, last) time or None
MARKERS: dict[str, tuple[dict[str, Any], int, int | None, dict[tuple[str, int], Any], Any]] = {
    "markerless3d/p2sblender__Pose2Sim_markers.trc": (
        Y_UP, 100, 21,
        {
            ("RHip", 0): (-0.0649977, 0.9015132, -1.4005736),
            ("LWrist", -1): (0.4573, 1.5477, -0.3865),
        },
        (0.016667, None),
    ),
    "markerless3d/p2sblender__Moco_markers.trc": (Y_UP, 200, 47, {}, (0.0, 2.19430154)),
    "markerless3d/vbertoli__IMG_0211_Sports2D_m_person00.trc": (
        {}, 436, 22,
        {("Hip", 0): (2.025575, 0.766110, 0.0), ("LWrist", -1): (13.77588, 1.18978, 0.0)},
        (0.0, None),
    ),
    "markerless3d/ocoverlay__walk.trc": (
        Y_UP, 354, 63, {("Neck", 0): (-1.69602, 1.4992674, 0.02949)}, (0.0, 5.883),
    ),
    "markerless3d/utahmobl__TemplateTRC_forGaitDynamics.trc": (
        Y_UP, 522, 63, {("Neck", 0): (-2.67185, 1.3428465, -0.2339)}, None,
    ),
    "markerless3d/oc2nwb__neutral.trc": (
        Y_UP, 96, 63, {("Neck", 0): (0.9814, 1.450527, 0.38576)}, None,
    ),
    "markerless3d/fmcproj__dao_yin_dropped.trc": (
        Y_UP, 207, 19, {("nose", 0): (0.110042, 0.755135, -4.067352)}, (0.0, 8.24),
    ),
    "lab_text/pyomeca__markers.trc": (
        Z_UP, 93, 51, {("ASISl", 0): (0.7337041, 0.0809832, 0.1918668)}, None,
    ),
    "lab_text/btk__Gait.trc": (
        Z_UP, 487, 33, {("L.ASIS", 159): (1.782158, -0.135377, 0.883042)}, None,
    ),
    "lab_text/btk__SprintMotion.trc": (
        Z_UP, 788, 59, {("C7", 0): (0.16160107, 0.06974284, 0.72804388)}, None,
    ),
    "lab_text/btk__SprintCalib.trc": (Z_UP, 337, 65, {}, None),
    "lab_text/btk__T.trc": (Y_UP, 89, 41, {}, None),
    "lab_text/btk__Knee.trc": (Z_UP, 200, None, {}, None),
    "lab_text/btk__10002-20130626160334-Unnamed.trc": (Z_UP, 882, None, {}, None),
    "lab_text/bmc__walk1.trc": (
        Y_UP, 364, 28, {("R.ASIS", 0): (-0.14801762, 1.03982568, -0.47970297)}, (0.0, 2.42),
    ),
    "c3d/pycgm__Movement_trial.c3d": (
        Z_UP, 323, None, {("LASI", 0): (1.0368085, 0.0567173, 1.6966792)}, (694 / 120, 1016 / 120),
    ),
    "c3d/pycgm__Sample_Static.c3d": (
        Z_UP, 275, None, {("LASI", 0): (0.1386291, 0.3622584, 1.0299491)}, (0.0, 2.74),
    ),
    "c3d/biomechzoo__HC033A01.c3d": (
        Z_UP, 53, None, {("LASI", 0): (0.3469412, 0.1520116, 0.8299869)}, (0.57, 1.09),
    ),
    "c3d/btk__sub_labels.c3d": (Z_UP, 333, None, {("LASI", 6): (2.20094, 0.20052, 0.72366)}, None),
    "c3d/btk__FunctionalWalk.c3d": (Z_UP, 438, None, {}, (479 / 120, 916 / 120)),
    "c3d/btk__mocap36.c3d": (Z_UP, 1380, None, {}, None),
    "c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d": (
        Z_UP, 493, None, {("LASI", 0): (0.2765174, 3.5894326, 0.9533593)}, (0.62, 5.54),
    ),
    "c3d/c3dio__Static Pose.c3d": (Z_UP, 120, 30, {}, None),
    "c3d/c3dio__dynamic.C3D": (Y_UP, 296, None, {}, None),
    "c3d/c3dio__evart.c3d": (
        Z_UP, 243, None,
        {("RASI", 0): (1.687036, 0.418353, 1.012535), ("RASI", 1): (1.667416, 0.414197, 1.013761)},
        None,
    ),
    "c3d/c3dio__bigparlove.c3d": (Z_UP, 323, None, {}, None),
    "c3d/c3dio__SubjectINT.c3d": (Z_UP, 4921, 40, {}, None),
    "lab_text/btk__Gait.c3d": (
        Z_UP, 487, None, {("LASI", 159): (1.782877, -0.135868, 0.882547)}, None,
    ),
    "force/schb998__C3D_standard.c3d": (Z_UP, 2234, 33, {}, None),
}

# fmt: on

# What is wrong with them, as the message says it.
BROKEN = {
    "markerless3d/fmcproj__dao_yin_dropped_broken.trc": "no rows",
    "lab_text/btk__Truncated.trc": "cut file",
    "lab_text/btk__Empty.trc": "the file is empty",
}
NO_POINTS = {
    "force/issul__Trial10.c3d": "5 analog channels",
    "strength/c3dio__Mega Electronics Isokinetic EMG Angle Torque Sample File.c3d": (
        "4 analog channels"
    ),
}

# The name in "... is not read yet".
FOREIGN = {
    "markerless3d/rein9817__000000.json": "EasyMocap JSON",
    "markerless3d/rein9817__000187.json": "EasyMocap JSON",
    "markerless3d/oc2nwb__metadata.yaml": "OpenCap session metadata (YAML)",
    "markerless3d/frankencap__sessionMetadata.yaml": "OpenCap session metadata (YAML)",
    "markerless3d/kkraiger__sessionMetadata.yaml": "OpenCap session metadata (YAML)",
    "markerless3d/occore__defaultSessionMetadata.yaml": "OpenCap session metadata (YAML)",
    "markerless3d/animovement__freemocap_test_data_by_frame.csv": "FreeMoCap CSV",
    "markerless3d/rhettd33__mediaPipeSkel_3d.npy": "NumPy npy (FreeMoCap)",
    "keypoints2d/jacky1107__A_run.json": "AlphaPose JSON",
    "keypoints2d/tfjs__pose_1.json": "MoveNet JSON (tfjs)",
    "keypoints2d/tfjs__pose_squats.full.json": "BlazePose JSON (tfjs)",
    "keypoints2d/tfjs__pose_squats_3d.full.json": "BlazePose JSON (tfjs)",
    "keypoints2d/mmpose__test_coco.json": "COCO annotations JSON",
    "keypoints2d/anaaim__pas_camera_01.txt": "Kinovea text",
    "keypoints2d/anaaim__pas_camera_02.txt": "Kinovea text",
    "keypoints2d/anaaim__pas_camera_03.txt": "Kinovea text",
    "keypoints2d/imengual__01_01_G1_C.xlsx": "Excel xlsx",
    "keypoints2d/"
    "autogaita__PCCD3_Mouse14_25mm_run3-6DLC_resnet50_SIMINewOct24shuffle1_200000.csv": (
        "DeepLabCut CSV"
    ),
    "keypoints2d/animovement__mouse_multi.csv": "DeepLabCut CSV",
    "keypoints2d/animovement__mouse_single.csv": "DeepLabCut CSV",
    "keypoints2d/animovement__lightningpose_mouse_single.csv": "Lightning Pose CSV",
    "keypoints2d/animovement__SLEAP_three-mice_Aeon_mixed-labels.analysis.h5": "SLEAP analysis h5",
    "keypoints2d/dlc__CollectedData_Pranav.h5": "DeepLabCut h5",
    "keypoints2d/dlc__CollectedData_Mackenzie.csv": "DeepLabCut CSV",
    "lab_text/reiv27__Measurement1.tsv": "QTM TSV",
    "lab_text/pyomeca__markers.csv": "Vicon Nexus CSV",
    "lab_text/pycgm__Movement_trial.csv": "Vicon Nexus CSV",
    "lab_text/pycgm__Sample_Static.csv": "Vicon Nexus CSV (older layout)",
    "lab_text/be18b019__Vicon_P2.CSV": "Vicon Nexus CSV",
    "lab_text/hmvs16__sample_optitrack_take.csv": "Motive CSV",
    "lab_text/btk__Gait.anc": "EvaRT ANC",
    "lab_text/btk__Forcepla.cal": "force plate calibration (cal)",
    "lab_text/btk__Gait.xls": "OrthoTrak text",
    "lab_text/btk__Trial1-FxFyFzMxMyMz.asc": "table of numbers without a header",
    "lab_text/bmc__walk1.forces": "Cortex forces",
    "lab_text/bmc__kistler_fp_data.txt": "Kistler channels text",
    "lab_text/autogaita__TestSubject.xlsx": "Excel xlsx",
    "lab_text/gar__V3D_Left Knee Angles.txt": "Visual3D ASCII",
    "lab_text/gar__V3D_Right Knee Angles.txt": "Visual3D ASCII",
    "lab_text/gar__V3D_Left Vertical GRF.txt": "Visual3D ASCII",
    "lab_text/gar__V3D_Temporal Distance.txt": "Visual3D ASCII",
    "lab_text/gar__V3D_Norm Knee Angles X.txt": "Visual3D ASCII",
    "force/issul__filename.txt": "Gaitway-3D text",
    "force/issul__Trial10.txt": "Gaitway-3D text",
    "force/issul__Trial10.csv": "Vicon Nexus CSV",
    "force/urigott__FW Kinematic data (example).csv": "columns 'Time', 'LHeel'",
    "force/urigott__BW Kinematic data (example).csv": "columns 'Time', 'LHeel'",
    "force/csuhmc__example_vertical_grf.csv": "table of numbers without a header",
    "force/aclsj__BFR007_1st_squat_jump.csv": "force plate CSV",
    "force/isoanalyzer__Example1 - 500hz.csv": "force plate CSV",
    "strength/alecway__Athlete_1.csv": "ForceDecks CSV",
    "strength/alecway__Athlete_2.csv": "ForceDecks CSV",
    "strength/idbach16__JumpData.csv": "ForceDecks metrics CSV",
    "strength/zoftg__isok_leg_press_dx.txt": "Technogym text",
}

# file: column, row, value, rows, columns with time
TABLES = {
    "markerless3d/p2sblender__Pose2Sim_motion.mot": ("knee_angle_r", 0, 20.174, 100, 63),
    "markerless3d/ocoverlay__walk.mot": ("knee_angle_r", 0, 7.50036, 354, 34),
    "markerless3d/biomechzoo__opencap_walking1.csv": ("knee_angle_r", 0, 63.47675607, 3710, 34),
    "force/schb998__MOT_standard.mot": ("ground_force_vy", 0, 694.675, 2234, 19),
    "force/schb998__MOT_nan.mot": ("ground_force_vy", 0, 807.751, 2609, 19),
}
KEYPOINTS = {"keypoints2d/mobilegaitlab__keypoints", "keypoints2d/pose2sim__cam01.0030.json"}


@pytest.mark.parametrize("name", MARKERS)
def test_marker_file_is_read_as_stated(data: Data, name: str) -> None:
    options, frames, points, places, times = MARKERS[name]
    recording = _core.read(data(f"userfiles/{name}"), _core.ReadOptions(**options))
    assert recording.n_frames == frames
    if points is not None:
        assert recording.n_points == points
    for (label, row), place in places.items():
        # as many digits as the README gives
        read_place = in_file_axes(recording[label][row], options)
        np.testing.assert_allclose(read_place, place, atol=6e-5)
    for stated, found in zip(times or (), recording.time_s[[0, -1]], strict=bool(times)):
        assert stated is None or found == pytest.approx(stated, abs=1e-3)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_is_refused_with_its_reason(data: Data, name: str) -> None:
    with pytest.raises(_core.IoError, match=BROKEN[name]) as caught:
        _core.read(data(f"userfiles/{name}"))
    assert str(caught.value.path).endswith(Path(name).name)


@pytest.mark.parametrize("name", NO_POINTS)
def test_file_without_points_says_what_it_holds(data: Data, name: str) -> None:
    with pytest.raises(_core.NotAnalysable, match=NO_POINTS[name]):
        _core.read(data(f"userfiles/{name}"))


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_file_is_refused_by_name(data: Data, name: str) -> None:
    with pytest.raises(_core.IoError) as caught:
        _core.read(data(f"userfiles/{name}"))
    assert FOREIGN[name] in caught.value.reason
    assert "is not read yet" in caught.value.reason


@pytest.mark.parametrize("name", TABLES)
def test_table_is_read_as_stated(data: Data, name: str) -> None:
    column, row, value, rows, columns = TABLES[name]
    table = _core.read_table(data(f"userfiles/{name}"))
    assert table[column][row] == pytest.approx(value, abs=1e-3)
    assert table.values.shape == (rows, columns - 1)
    with pytest.raises(_core.IoError, match="read_table"):
        _core.read(data(f"userfiles/{name}"))


def test_keypoints_are_read_as_stated(data: Data) -> None:
    folder = data("userfiles/keypoints2d/mobilegaitlab__keypoints")
    recording = _core.read(folder, _core.ReadOptions(rate_hz=25, stature_m=1.7, view="side"))
    assert recording.n_frames == 150
    assert recording.marker_set == "body_25"
    assert any(note.code == "people" for note in recording.notes)


def test_no_file_is_left_out() -> None:
    folder = data_folder() / "userfiles"
    if not folder.exists():
        pytest.skip("recorded data absent")
    known = {*MARKERS, *BROKEN, *NO_POINTS, *FOREIGN, *TABLES, *KEYPOINTS}
    found = set()
    for path in folder.glob("*/*"):
        found.add(path.relative_to(folder).as_posix())
    assert found - known == set()
    assert known - found == set()

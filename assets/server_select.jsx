// antd's Select in a file of its own: it is large, and where there is one server none is shown in the frame.
export { Select } from "antd";
